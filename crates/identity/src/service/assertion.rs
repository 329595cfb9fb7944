//! Client assertions (RFC 7523 3; SMART App Launch 2.2, client authentication: asymmetric).

use std::{borrow::Cow, time::Duration};

use serde::{Deserialize, de::IgnoredAny};
use ward_core::{Timestamp, limits};

use super::{
    jws::{Jwt, NumericDate, decode},
    key::KeySet,
};
use crate::Error;

/// Length of an assertion's id, at most.
const JTI_BYTES: usize = 256;

/// How long an assertion's id must be remembered.
pub(crate) const REMEMBERED: Duration =
    limits::CLIENT_ASSERTION.saturating_add(limits::CLOCK_SKEW.saturating_mul(2));

/// How far ahead an assertion may end.
const LATEST_END: Duration = limits::CLIENT_ASSERTION.saturating_add(limits::CLOCK_SKEW);

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow)]
    typ: Cow<'a, str>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    #[serde(borrow)]
    sub: Cow<'a, str>,
    aud: Audience,
    exp: NumericDate,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    #[serde(borrow)]
    jti: Cow<'a, str>,
}

/// One audience, as a text or a list of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(Box<str>),
    Only([Box<str>; 1]),
}

/// What an assertion must be of.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// What the server may be called: the URL of the token endpoint; where a request is pushed, of
    /// that endpoint, and the issuer, too (RFC 9126 2).
    pub(crate) audiences: &'a [&'a str],
    pub(crate) now: Timestamp,
}

/// An assertion that was read, but not yet believed.
pub(crate) struct Assertion<'a> {
    jwt: Jwt<'a>,
    algorithm: Box<str>,
    key_id: Box<str>,
    claims: OwnedClaims,
}

struct OwnedClaims {
    client: Box<str>,
    id: Vec<u8>,
    made: Option<NumericDate>,
    end: NumericDate,
}

impl<'a> Assertion<'a> {
    /// Reads an assertion, and checks all that needs no key.
    ///
    /// # Errors
    /// [`Error::Client`].
    pub(crate) fn read(text: &'a str, expected: &Expected<'_>) -> Result<Self, Error> {
        let jwt = Jwt::split(text).ok_or(Error::Client("the assertion is not a JWT"))?;
        let json = decode(jwt.header).ok_or(Error::Client("a header that is not base64url"))?;
        let header: Header<'_> = serde_json::from_slice(&json)
            .map_err(|_| Error::Client("a header without alg, kid or typ"))?;
        header.check()?;
        let json = decode(jwt.payload).ok_or(Error::Client("a payload that is not base64url"))?;
        let claims: Claims<'_> = serde_json::from_slice(&json)
            .map_err(|_| Error::Client("claims without iss, sub, aud, exp or jti"))?;
        claims.check(expected)?;
        let claims = OwnedClaims {
            client: claims.iss.into(),
            id: claims.jti.into_owned().into_bytes(),
            made: claims.iat,
            end: claims.exp,
        };
        Ok(Self {
            jwt,
            algorithm: header.alg.into(),
            key_id: header.kid.into(),
            claims,
        })
    }

    /// The client that it claims to be of.
    pub(crate) fn client(&self) -> &str {
        &self.claims.client
    }

    /// Whether it can't have been used before `since`, when the server began to remember what is
    /// used. Then it could be dated ahead as it can now: by the skew, and to an end as late.
    ///
    /// # Errors
    /// [`Error::Client`].
    pub(crate) fn check_unused_before(&self, since: Timestamp) -> Result<(), Error> {
        let OwnedClaims { made, end, .. } = &self.claims;
        let is_later = |date: &NumericDate, ahead| date.0 > since + ahead;
        let made_later = made
            .as_ref()
            .is_some_and(|made| is_later(made, limits::CLOCK_SKEW));
        if made_later || is_later(end, LATEST_END) {
            return Ok(());
        }
        Err(Error::Client(
            "made before this server started, or just then: make another, with iat",
        ))
    }

    /// Verifies it with the keys of that client; gives its id, which may have been used before.
    ///
    /// # Errors
    /// [`Error::Client`].
    pub(crate) fn verify(self, keys: &KeySet) -> Result<Vec<u8>, Error> {
        let key = keys
            .get(&self.key_id)
            .ok_or(Error::Client("kid is not registered"))?;
        if !key.algorithm.is_named(&self.algorithm) {
            return Err(Error::Client("not the key's alg"));
        }
        let signature = self
            .jwt
            .signature()
            .ok_or(Error::Client("a bad signature"))?;
        if key.verify(self.jwt.signed.as_bytes(), &signature) {
            Ok(self.claims.id)
        } else {
            Err(Error::Client("a wrong signature"))
        }
    }
}

impl Header<'_> {
    /// Keys come from the registration alone, whatever the header points to. A proof or a token of
    /// another purpose is none (RFC 8725 3.11).
    fn check(&self) -> Result<(), Error> {
        if self.typ != "JWT" && self.typ != "client-authentication+jwt" {
            return Err(Error::Client("typ must be JWT"));
        }
        let Self {
            jku,
            jwk,
            x5u,
            x5c,
            crit,
            ..
        } = self;
        if [jku, jwk, x5u, x5c, crit]
            .iter()
            .any(|member| member.is_some())
        {
            return Err(Error::Client(
                "keys are registered; jku, jwk, x5u, x5c, crit can't be used",
            ));
        }
        Ok(())
    }
}

impl Claims<'_> {
    fn check(&self, expected: &Expected<'_>) -> Result<(), Error> {
        if self.iss.is_empty() || self.iss != self.sub {
            return Err(Error::Client("iss and sub must both be the client id"));
        }
        let (Audience::One(audience) | Audience::Only([audience])) = &self.aud;
        if !expected.audiences.iter().any(|own| **audience == **own) {
            return Err(Error::Client("aud must be the token endpoint's URL, alone"));
        }
        if self.jti.is_empty() || self.jti.len() > JTI_BYTES {
            return Err(Error::Client("a jti that is empty or too long"));
        }
        self.check_time(expected)
    }

    fn check_time(&self, expected: &Expected<'_>) -> Result<(), Error> {
        let now = expected.now;
        let NumericDate(end) = self.exp;
        if end <= now {
            return Err(Error::Client("expired"));
        }
        if end > now + LATEST_END {
            return Err(Error::Client("exp is more than 5 minutes ahead"));
        }
        let ahead = |date: &Option<NumericDate>| {
            date.as_ref()
                .is_some_and(|NumericDate(date)| *date > now + limits::CLOCK_SKEW)
        };
        if ahead(&self.nbf) || ahead(&self.iat) {
            return Err(Error::Client("not yet valid"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXPECTED: Expected<'_> = Expected {
        audiences: &["https://ward.example/oauth/token"],
        now: Timestamp::from_seconds(1_795_435_200),
    };
    const STARTED: Timestamp = Timestamp::from_seconds(1_795_435_000);

    fn read(header: &str, claims: &str) -> Result<(), Error> {
        let encode = |part: &str| data_encoding::BASE64URL_NOPAD.encode(part.as_bytes());
        let text = format!("{}.{}.AAAA", encode(header), encode(claims));
        Assertion::read(&text, &EXPECTED)?.check_unused_before(STARTED)
    }

    /// What the start rules out, an `iat` and an `exp` rule in that no assertion had before it.
    #[test]
    fn what_may_have_been_used_before_the_start_is_refused() {
        let header = r#"{"alg":"ES384","kid":"1","typ":"JWT"}"#;
        let claims = |rest: &str| {
            let audience = EXPECTED.audiences[0];
            format!(r#"{{"iss":"a","sub":"a","aud":"{audience}","jti":"1",{rest}}}"#)
        };
        for (rest, good) in [
            (r#""exp":1795435300,"iat":1795435011"#, true),
            (r#""exp":1795435300,"iat":1795435010"#, false),
            (r#""exp":1795435300,"iat":1795434999"#, false),
            (r#""exp":1795435310"#, false),
            (r#""exp":1795435311"#, true),
            (r#""exp":1795435510,"iat":1795434000"#, true),
            (r#""exp":1795435511"#, false),
            (r#""exp":1795435200"#, false),
        ] {
            assert_eq!(read(header, &claims(rest)).is_ok(), good, "{rest}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(header in "\\PC{0,80}", claims in "\\PC{0,80}") {
            prop_assert!(read(&header, &claims).is_err());
        }
    }
}
