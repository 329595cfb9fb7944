//! Signed JWTs in their compact form (RFC 7515 3.1), taken apart without a DOM.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer};
use ward_core::Timestamp;

/// Length of a JWT, at most: an RSA key of 4,096 bits in the header, and its signature.
const JWT_BYTES: usize = 8 * 1024;

/// The three parts of a JWT, still encoded.
#[derive(Clone, Copy)]
pub(crate) struct Jwt<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    /// What is signed: `header.payload`.
    pub(crate) signed: &'a str,
    signature: &'a str,
}

impl<'a> Jwt<'a> {
    /// Splits a JWT. `None` if it is not three parts, or too long to look at.
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        if text.len() > JWT_BYTES {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let whole = ![header, payload, signature]
            .iter()
            .any(|part| part.is_empty());
        (whole && !payload.contains('.')).then_some(Self {
            header,
            payload,
            signed,
            signature,
        })
    }

    /// The signature's bytes.
    pub(crate) fn signature(&self) -> Option<Vec<u8>> {
        decode(self.signature)
    }
}

/// Base64url without padding, in its one spelling.
pub(crate) fn decode(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}

/// A `NumericDate` (RFC 7519 2): seconds since 1970, which may have a fraction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumericDate(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for NumericDate {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float saturates; it is compared only"
    )]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Ok(Self(Timestamp::from_micros((seconds * 1e6) as i64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_has_three_parts() {
        let jwt = Jwt::split("aa.bb.cc").unwrap();
        assert_eq!((jwt.header, jwt.payload, jwt.signed), ("aa", "bb", "aa.bb"));
        for bad in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.",
            ".b.c",
            "a..c",
            "a.b.c.d",
            &"a".repeat(9000),
        ] {
            assert!(Jwt::split(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_date_of_any_number_is_read() {
        let read = |json| serde_json::from_str::<NumericDate>(json).map(|date| date.0);
        assert_eq!(
            read("1795435200").unwrap(),
            Timestamp::from_seconds(1_795_435_200)
        );
        assert_eq!(
            read("1795435200.5").unwrap().as_micros(),
            1_795_435_200_500_000
        );
        assert_eq!(read("1e300").unwrap().as_micros(), i64::MAX);
        assert!(read("\"1795435200\"").is_err() && read("null").is_err() && read("1e999").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[a-z.]{0,40}|\\PC{0,60}") {
            if let Some(jwt) = Jwt::split(&text) {
                proptest::prop_assert!(text.starts_with(jwt.signed));
                let _ = (decode(jwt.header), decode(jwt.payload), jwt.signature());
            }
        }
    }
}
