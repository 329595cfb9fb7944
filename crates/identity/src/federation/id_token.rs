//! Whether an ID token is what was asked for (OIDC Core 3.1.3.7; RFC 8725).

use std::collections::HashSet;

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, KeyAlgorithm},
};
use serde::Deserialize;
use ward_core::{Timestamp, limits};

use super::{Assurance, Begun, Provider, assurance::Said};
use crate::{Error, token::same};

/// Signatures that only the provider can make: no `none`, and no secret that both know.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::EdDSA,
];
/// Length of a subject, in bytes (OIDC Core 2).
const SUBJECT_BYTES: usize = 255;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: String,
    auth_time: i64,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// One audience, as a text or a list of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Only([String; 1]),
}

/// Whom a provider vouches for, how, and when they proved it.
pub(crate) struct Vouched {
    pub(crate) subject: String,
    pub(crate) assurance: Assurance,
    pub(crate) at: Timestamp,
}

/// The key that a token names in its header.
///
/// # Errors
/// [`Error::Vouching`].
pub(crate) fn key_id(token: &str) -> Result<Option<String>, Error> {
    let header = decode_header(token).map_err(|_| Error::Vouching("no JWT"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Error::Vouching("an algorithm that others could sign with"));
    }
    Ok(header.kid)
}

/// Judges a token.
///
/// # Errors
/// [`Error::Vouching`], with no word of what the token says.
pub(crate) fn judge(
    token: &str,
    key: &Jwk,
    provider: &Provider,
    begun: &Begun,
    now: Timestamp,
) -> Result<Vouched, Error> {
    let claims = verify(token, key)?;
    let (Audience::One(audience) | Audience::Only([audience])) = &claims.aud;
    let is_for_ward = *audience == *provider.client
        && claims
            .azp
            .as_ref()
            .is_none_or(|azp| **azp == *provider.client);
    if claims.iss != *provider.issuer {
        return Err(Error::Vouching("of another issuer"));
    }
    if !is_for_ward {
        return Err(Error::Vouching("for another client"));
    }
    if !same(&claims.nonce, &begun.nonce) {
        return Err(Error::Vouching("of another sign-in"));
    }
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT_BYTES {
        return Err(Error::Vouching("a subject that is empty or too long"));
    }
    let at = claims.check_times(begun, now)?;
    let said: Said = serde_json::from_value(claims.rest.into())
        .map_err(|_| Error::Vouching("an assurance that can't be read"))?;
    let assurance = provider.map.judge(&said);
    Ok(Vouched {
        subject: claims.sub,
        assurance: assurance.ok_or(Error::Vouching("an assurance that the map does not name"))?,
        at,
    })
}

/// The claims, once the signature is the key's. What they say is judged by [`judge`], by Ward's
/// own clock.
fn verify(token: &str, key: &Jwk) -> Result<Claims, Error> {
    let wrong = Error::Vouching("a wrong signature");
    let header = decode_header(token).map_err(|_| Error::Vouching("no JWT"))?;
    let is_its = |declared: KeyAlgorithm| declared.to_string().parse() == Ok(header.alg);
    if !key.common.key_algorithm.is_none_or(is_its) {
        return Err(Error::Vouching("not the key's algorithm"));
    }
    let Ok(key) = DecodingKey::from_jwk(key) else {
        return Err(wrong);
    };
    // All of one family: a mixed list is refused by the library.
    let mut validation = Validation::new(header.alg);
    validation
        .algorithms
        .retain(|known| ALGORITHMS.contains(known));
    validation.required_spec_claims = HashSet::new();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let read = decode::<Claims>(token, &key, &validation);
    read.map(|read| read.claims).map_err(|_| wrong)
}

impl Claims {
    /// When the person proved who they are: after what was asked for, and not in the future.
    fn check_times(&self, begun: &Begun, now: Timestamp) -> Result<Timestamp, Error> {
        let skew = limits::PROVIDER_SKEW;
        let seconds = |of| Timestamp::from_seconds(of);
        if seconds(self.exp) + skew <= now {
            return Err(Error::Vouching("expired"));
        }
        let made = seconds(self.iat);
        if made > now + skew || made + skew < begun.began {
            return Err(Error::Vouching("made before it was asked for, or ahead"));
        }
        let proved = seconds(self.auth_time);
        if proved > now + skew || proved + skew < begun.oldest_proof() {
            return Err(Error::Vouching("proved too long ago, or ahead"));
        }
        // Never later than now: a proof is not fresh for longer because a clock is ahead.
        Ok(proved.min(now))
    }
}
