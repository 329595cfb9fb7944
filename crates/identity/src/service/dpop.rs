//! Proofs of possession (RFC 9449).

use std::{borrow::Cow, time::Duration};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use ward_core::{Timestamp, limits};
use webauthn_rs::prelude::Url;

use super::{
    jws::{Jwt, NumericDate, decode},
    key::{Algorithm, PublicKey},
};
use crate::Error;

/// Length of a proof's id, at most.
const JTI_BYTES: usize = 256;

/// How long a proof's id must be remembered: it may be dated ahead by the skew, and live on.
pub(crate) const REMEMBERED: Duration = limits::DPOP_AGE.saturating_mul(2);

/// What a proof must be of.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) method: &'a str,
    /// The URL of the request, as the server knows it, without a query.
    pub(crate) url: &'a str,
    pub(crate) now: Timestamp,
    /// SHA-256 of the access token that the proof goes with.
    pub(crate) token: Option<&'a [u8; 32]>,
}

/// A key that tokens are bound to.
pub(crate) struct BoundKey {
    pub(crate) key: PublicKey,
    /// The header of the proof that the key came in. Clients send the same header with every
    /// proof; one that is equal, byte for byte, needs no reading.
    header: Box<str>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    typ: Cow<'a, str>,
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    jwk: &'a RawValue,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    jti: Cow<'a, str>,
    #[serde(borrow)]
    htm: Cow<'a, str>,
    #[serde(borrow)]
    htu: Cow<'a, str>,
    iat: NumericDate,
    #[serde(borrow, default)]
    ath: Cow<'a, str>,
}

/// The id of a proof that was right in everything but that it may have been used before.
pub(crate) struct Unspent(pub(crate) Vec<u8>);

/// Verifies a proof of any key: the one that a token shall be bound to (RFC 9449 5).
pub(crate) fn verify_new(
    proof: &str,
    expected: &Expected<'_>,
) -> Result<(BoundKey, Unspent), Error> {
    let jwt = Jwt::split(proof).ok_or(Error::Proof("not a JWT"))?;
    let key = read_header(jwt.header)?;
    let unspent = verify_with(&key, &jwt, expected)?;
    Ok((
        BoundKey {
            key,
            header: jwt.header.into(),
        },
        unspent,
    ))
}

impl BoundKey {
    /// The key, as a JWK with what it takes and nothing beside.
    ///
    /// # Errors
    /// [`Error::Proof`] where it is not elliptic.
    pub(crate) fn jwk(&self) -> Result<String, Error> {
        #[derive(Serialize, Deserialize)]
        struct Elliptic {
            kty: String,
            crv: String,
            x: String,
            y: String,
        }
        #[derive(Deserialize)]
        struct Of {
            jwk: Elliptic,
        }
        let wrong = Error::Proof("a P-256 key is asked for");
        let json = decode(&self.header).ok_or(Error::Proof("a header that is not base64url"))?;
        let Ok(Of { jwk }) = serde_json::from_slice(&json) else {
            return Err(wrong);
        };
        serde_json::to_string(&jwk).map_err(|_| wrong)
    }

    /// Verifies a proof that must be of this key (RFC 9449 7.1).
    pub(crate) fn verify(&self, proof: &str, expected: &Expected<'_>) -> Result<Unspent, Error> {
        let jwt = Jwt::split(proof).ok_or(Error::Proof("not a JWT"))?;
        if *jwt.header != *self.header {
            let other = read_header(jwt.header)?;
            if other.thumbprint != self.key.thumbprint {
                return Err(Error::Proof("not of the key that the token is bound to"));
            }
        }
        verify_with(&self.key, &jwt, expected)
    }
}

fn read_header(part: &str) -> Result<PublicKey, Error> {
    let json = decode(part).ok_or(Error::Proof("a header that is not base64url"))?;
    let header: Header<'_> =
        serde_json::from_slice(&json).map_err(|_| Error::Proof("a header that can't be read"))?;
    if header.typ != "dpop+jwt" {
        return Err(Error::Proof("typ must be dpop+jwt"));
    }
    if header.crit.is_some() {
        return Err(Error::Proof("crit names what Ward does not know"));
    }
    let key =
        PublicKey::parse(header.jwk.get()).map_err(|_| Error::Proof("an unacceptable jwk"))?;
    // An RSA key would fill each request's header; RFC 9449 asks for no one algorithm.
    if key.algorithm == Algorithm::Rs384 {
        return Err(Error::Proof("a key for ES256, ES384 or EdDSA is asked for"));
    }
    if key.algorithm.is_named(&header.alg) {
        Ok(key)
    } else {
        Err(Error::Proof("not the key's alg"))
    }
}

/// Claims first, as they are cheap: a signature is only computed for what could be accepted.
fn verify_with(key: &PublicKey, jwt: &Jwt<'_>, expected: &Expected<'_>) -> Result<Unspent, Error> {
    let json = decode(jwt.payload).ok_or(Error::Proof("a payload that is not base64url"))?;
    let claims: Claims<'_> =
        serde_json::from_slice(&json).map_err(|_| Error::Proof("claims that can't be read"))?;
    claims.check(expected)?;
    let signature = jwt
        .signature()
        .ok_or(Error::Proof("a signature that is not base64url"))?;
    if !key.verify(jwt.signed.as_bytes(), &signature) {
        return Err(Error::Proof("a wrong signature"));
    }
    Ok(Unspent(claims.jti.into_owned().into_bytes()))
}

impl Claims<'_> {
    fn check(&self, expected: &Expected<'_>) -> Result<(), Error> {
        if self.jti.is_empty() || self.jti.len() > JTI_BYTES {
            return Err(Error::Proof("a jti that is empty or too long"));
        }
        if self.htm != expected.method {
            return Err(Error::Proof("htm is another method"));
        }
        if !is_same_url(&self.htu, expected.url) {
            return Err(Error::Proof("htu is another URL"));
        }
        let NumericDate(made) = self.iat;
        if made + limits::DPOP_AGE < expected.now || expected.now + limits::DPOP_AGE < made {
            return Err(Error::Proof("iat is too old, or ahead"));
        }
        let bound = expected.token.is_none_or(|token| {
            decode(&self.ath).is_some_and(|hash| hash.as_slice() == token.as_slice())
        });
        if bound {
            Ok(())
        } else {
            Err(Error::Proof("ath is another token"))
        }
    }
}

/// Whether two URLs are the same but for query and fragment (RFC 9449 4.3, item 9; RFC 3986 6.2.2,
/// 6.2.3).
fn is_same_url(htu: &str, url: &str) -> bool {
    if htu == url {
        return true;
    }
    let normal = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    matches!((normal(htu), normal(url)), (Some(one), Some(two)) if one == two)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 9449 4.2, figure 1: the first example of a proof.
    const RFC: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    const EXPECTED: Expected<'_> = Expected {
        method: "POST",
        url: "https://server.example.com/token",
        now: Timestamp::from_seconds(1_562_262_616),
        token: None,
    };

    #[test]
    fn the_proof_of_the_standard_is_accepted_in_its_time_and_place() {
        let (key, Unspent(id)) = verify_new(RFC, &EXPECTED).unwrap();
        assert_eq!(id, b"-BwC3ESc6acc2lTc");
        assert!(key.verify(RFC, &EXPECTED).is_ok());
        let now = EXPECTED.now;
        for wrong in [
            Expected {
                method: "GET",
                ..EXPECTED
            },
            Expected {
                method: "post",
                ..EXPECTED
            },
            Expected {
                url: "https://server.example.com/other",
                ..EXPECTED
            },
            Expected {
                url: "http://server.example.com/token",
                ..EXPECTED
            },
            Expected {
                url: "https://server.example.com:8443/token",
                ..EXPECTED
            },
            Expected {
                url: "https://server.example.com/token/",
                ..EXPECTED
            },
            Expected {
                now: now + Duration::from_secs(61),
                ..EXPECTED
            },
            Expected {
                now: now - Duration::from_secs(61),
                ..EXPECTED
            },
            Expected {
                token: Some(&[0; 32]),
                ..EXPECTED
            },
        ] {
            assert!(matches!(verify_new(RFC, &wrong), Err(Error::Proof(_))));
            assert!(matches!(key.verify(RFC, &wrong), Err(Error::Proof(_))));
        }
    }

    #[test]
    fn a_changed_proof_is_refused() {
        let (key, _) = verify_new(RFC, &EXPECTED).unwrap();
        for at in (0..RFC.len()).step_by(3) {
            let other = if RFC.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = RFC.to_owned();
            changed.replace_range(at..=at, other);
            assert!(verify_new(&changed, &EXPECTED).is_err(), "{at}");
            assert!(key.verify(&changed, &EXPECTED).is_err(), "{at}");
        }
    }

    #[test]
    fn urls_are_the_same_in_each_spelling_that_the_standard_allows() {
        let url = "https://ward.example/fhir/WRD01/Patient";
        for same in [
            "https://ward.example/fhir/WRD01/Patient?name=x",
            "https://ward.example/fhir/WRD01/Patient#part",
            "HTTPS://WARD.example:443/fhir/WRD01/Patient",
            "https://ward.example/fhir/./WRD01/Patient",
        ] {
            assert!(is_same_url(same, url), "{same}");
        }
        for other in [
            "",
            "/fhir/WRD01/Patient",
            "https://ward.example/fhir/wrd01/Patient",
            "https://ward.example.evil/fhir/WRD01/Patient",
            "https://ward.example/fhir/WRD01",
            "https://user@ward.example/fhir/WRD01/Patient",
        ] {
            assert!(!is_same_url(other, url), "{other}");
        }
    }

    proptest! {
        /// Whatever stands in header and claims: a refusal, and no panic. The signature is one of
        /// nobody, so nothing may be accepted.
        #[test]
        fn no_header_and_no_claims_break_the_verifier(
            header in json(), claims in json(), signature in "[A-Za-z0-9_-]{0,90}"
        ) {
            let encode = |part: &str| data_encoding::BASE64URL_NOPAD.encode(part.as_bytes());
            let proof = format!("{}.{}.{signature}", encode(&header), encode(&claims));
            prop_assert!(verify_new(&proof, &EXPECTED).is_err());
            let (key, _) = verify_new(RFC, &EXPECTED).unwrap();
            prop_assert!(key.verify(&proof, &EXPECTED).is_err());
        }
    }

    /// JSON that is almost right.
    fn json() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            Just("typ"),
            Just("alg"),
            Just("jwk"),
            Just("jti"),
            Just("htm"),
            Just("htu"),
            Just("iat"),
            Just("ath"),
            Just("crit"),
            Just("kty"),
        ];
        let value = prop_oneof![
            Just("null".to_owned()),
            Just("\"dpop+jwt\"".to_owned()),
            Just("\"ES256\"".to_owned()),
            Just("{}".to_owned()),
            Just("[1]".to_owned()),
            Just("\"POST\"".to_owned()),
            Just("1562262616".to_owned()),
            Just("-1e308".to_owned()),
            "\"[ -~&&[^\"\\\\]]{0,20}\"",
        ];
        let members = proptest::collection::vec((name, value), 0..8);
        let object = members.prop_map(|members| {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("\"{name}\":{value}"))
                .collect();
            format!("{{{}}}", members.join(","))
        });
        prop_oneof![4 => object, 1 => "\\PC{0,40}"]
    }
}
