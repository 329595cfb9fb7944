//! Codes of an authenticator app (RFC 6238).

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Totp};
use ward_core::{Random, Secret, Timestamp};

use crate::Error;

/// Bytes of a secret: what RFC 4226 4 recommends for SHA-1, and apps understand.
const SECRET_BYTES: usize = 20;
/// Characters that are looked at: a code has 6, and people put a blank in its middle.
const CODE_BYTES: usize = 16;

/// How long a code is right (RFC 6238 5.2).
const STEP_SECONDS: u64 = 30;

/// An authenticator app's secret, and the last step that was used.
///
/// SHA-1, 6 digits, 30 s, one step either way: what every app speaks. A code works once: the step
/// that it was of, and all before it, are used up (RFC 6238 5.2).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TotpSecret {
    secret: [u8; SECRET_BYTES],
    last_step: u64,
}

impl TotpSecret {
    pub(crate) fn new(random: &dyn Random) -> Self {
        let mut secret = [0; SECRET_BYTES];
        random.fill(&mut secret);
        Self {
            secret,
            last_step: 0,
        }
    }

    /// The step of a code that is right now, and was not used: to be [claimed](Self::claim).
    pub(crate) fn check(&self, code: &str, now: Timestamp) -> Result<Option<u64>, Error> {
        if code.len() > CODE_BYTES {
            return Ok(None);
        }
        let code: String = code
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
        let step = self.totp("-")?.check(&code, seconds);
        Ok(step.filter(|step| *step > self.last_step))
    }

    /// Uses a step up. False if that was done before: of two who claim it, one gets it.
    pub(crate) const fn claim(&mut self, step: u64) -> bool {
        let fresh = step > self.last_step;
        if fresh {
            self.last_step = step;
        }
        fresh
    }

    /// When the step that was last used up began.
    pub(crate) fn last_used(&self) -> Option<Timestamp> {
        let seconds = i64::try_from(self.last_step.checked_mul(STEP_SECONDS)?).ok()?;
        (seconds > 0).then(|| Timestamp::from_seconds(seconds))
    }

    /// The `otpauth` URI that an app reads from a QR code: a secret.
    pub(crate) fn uri(&self, name: &str) -> Result<Secret<String>, Error> {
        Ok(Secret::new(
            self.totp(name)?
                .to_url()
                .map_err(|_| Error::Corrupt("otpauth"))?,
        ))
    }

    /// The secret as people type it into an app: base32.
    pub(crate) fn base32(&self) -> Secret<String> {
        Secret::new(data_encoding::BASE32_NOPAD.encode(&self.secret))
    }

    fn totp(&self, name: &str) -> Result<Totp, Error> {
        let builder = Builder::new()
            .with_secret(self.secret.to_vec())
            .with_account_name(name)
            .with_issuer(Some("Ward"));
        builder
            .build()
            .map_err(|_| Error::Corrupt("authenticator secret"))
    }
}

impl Drop for TotpSecret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RFC: TotpSecret = TotpSecret {
        secret: *b"12345678901234567890",
        last_step: 0,
    };

    /// RFC 6238, appendix B, SHA-1: the last 6 of its 8 digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(
                RFC.check(code, now).unwrap(),
                u64::try_from(seconds / 30).ok()
            );
            let spaced = format!(" {} {}", &code[..3], &code[3..]);
            assert!(RFC.check(&spaced, now).unwrap().is_some());
            assert!(
                RFC.check(code, now + Duration::from_secs(90))
                    .unwrap()
                    .is_none()
            );
        }
    }

    #[test]
    fn a_code_and_all_before_it_work_once() {
        let mut totp = RFC;
        let now = Timestamp::from_seconds(1_111_111_109);
        let step = totp.check("081804", now).unwrap().unwrap();
        assert!(totp.claim(step));
        assert!(!totp.claim(step));
        assert_eq!(totp.check("081804", now).unwrap(), None);
        assert!(!totp.claim(step - 1));
        assert!(totp.claim(step + 1));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let now = Timestamp::from_seconds(59);
        for bad in [
            "",
            " ",
            "28708",
            "2870822",
            "28708a",
            "٢٨٧٠٨٢",
            "287082\0",
            &"2".repeat(9999),
        ] {
            assert_eq!(RFC.check(bad, now).unwrap(), None, "{bad:?}");
        }
    }

    #[test]
    fn the_uri_names_ward_and_the_account() {
        let uri = RFC.uri("mary@WRD01").unwrap();
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Ward:mary%40WRD01?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ward"
        );
        assert_eq!(RFC.base32().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
