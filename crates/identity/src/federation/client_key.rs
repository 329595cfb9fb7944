//! What Ward proves itself to a provider with: a key of its own for each, never a secret that both
//! know (RFC 7523 2.2; OIDC Core 9, `private_key_jwt`).

use std::time::Duration;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use ward_core::{Random, Secret, Timestamp};

use crate::{Error, service::Thumbprint, token::sha256};

/// How long an assertion holds: it is used at once.
const LIFE: Duration = Duration::from_mins(1);

/// A P-256 key pair.
pub(crate) struct ClientKey {
    pair: EcdsaKeyPair,
    pkcs8: Secret<Vec<u8>>,
}

impl ClientKey {
    pub(crate) fn generate() -> Result<Self, Error> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
        let made = made.map_err(|_| Error::Corrupt("a key that can't be made"))?;
        Self::read(made.as_ref())
    }

    /// Reads PKCS #8.
    pub(crate) fn read(pkcs8: &[u8]) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| Error::Corrupt("a provider's key"))?;
        let pkcs8 = Secret::new(pkcs8.to_vec());
        Ok(Self { pair, pkcs8 })
    }

    /// As PKCS #8, to be sealed.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        self.pkcs8.expose()
    }

    /// X and Y, as JWKs write them.
    fn point(&self) -> (String, String) {
        // 0x04, then X and Y of 32 bytes each (SEC 1, 2.3.3).
        let point = self.pair.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at_checked(32).unwrap_or_default();
        (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y))
    }

    /// The key's name: its thumbprint (RFC 7638).
    fn id(&self) -> String {
        let (x, y) = self.point();
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Thumbprint(sha256(canonical.as_bytes())).text()
    }

    /// The public half, as a JWKS: what the provider is given.
    pub(crate) fn jwks(&self) -> String {
        let (x, y) = self.point();
        let key = json!({
            "kty": "EC", "crv": "P-256", "x": x, "y": y,
            "kid": self.id(), "use": "sig", "alg": "ES256",
        });
        json!({ "keys": [key] }).to_string()
    }

    /// An assertion that Ward is this client, for one use (RFC 7523 3).
    pub(crate) fn assertion(
        &self,
        client: &str,
        audience: &str,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Secret<String>, Error> {
        let mut id = [0; 16];
        random.fill(&mut id);
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.id() });
        let claims = json!({
            "iss": client, "sub": client, "aud": audience,
            "iat": now.as_seconds(), "exp": (now + LIFE).as_seconds(),
            "jti": BASE64URL_NOPAD.encode(&id),
        });
        let part = |json: serde_json::Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| Error::Corrupt("a provider's key"))?;
        let signature = BASE64URL_NOPAD.encode(signature.as_ref());
        Ok(Secret::new(format!("{signed}.{signature}")))
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::JwkSet};

    use super::*;

    #[test]
    fn an_assertion_is_of_the_key_that_the_provider_is_given() {
        let key = ClientKey::generate().unwrap();
        let again = ClientKey::read(key.pkcs8()).unwrap();
        assert_eq!(key.jwks(), again.jwks());
        assert!(!key.jwks().contains("\"d\""));
        let now = Timestamp::from_seconds(1_795_435_200);
        let assertion = again.assertion(
            "ward",
            "https://op.example/token",
            now,
            &ward_core::SystemRandom,
        );
        let keys: JwkSet = serde_json::from_str(&key.jwks()).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false;
        validation.set_audience(&["https://op.example/token"]);
        validation.set_issuer(&["ward"]);
        let key = DecodingKey::from_jwk(&keys.keys[0]).unwrap();
        let read = decode::<serde_json::Value>(assertion.unwrap().expose(), &key, &validation);
        let claims = read.unwrap().claims;
        assert_eq!(claims["exp"], 1_795_435_260);
        assert_eq!(claims["sub"], "ward");
    }
}
