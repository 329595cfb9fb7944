//! The key that a session is bound to, and its proofs (RFC 9449).

use aws_lc_rs::{
    digest,
    rand::SystemRandom as Signing,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::json;
use ward_core::{Clock as _, Random as _, Secret, SystemClock, SystemRandom};

use crate::error::Error;

/// A P-256 key that was made on this machine and signs with ES256.
pub(crate) struct Key {
    pair: EcdsaKeyPair,
    /// PKCS #8, as it is kept.
    kept: Secret<Vec<u8>>,
}

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub(crate) fn new() -> Result<Self, Error> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &Signing::new());
        let made = made.map_err(|_| Error::Told("no key could be made".into()))?;
        Self::read(made.as_ref())
    }

    /// One that was kept, as base64 of PKCS #8.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Self::read(&BASE64.decode(text.as_bytes()).ok()?).ok()
    }

    /// What is kept.
    pub(crate) fn to_text(&self) -> Secret<String> {
        Secret::new(BASE64.encode(self.kept.expose()))
    }

    fn read(pkcs8: &[u8]) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8);
        let pair = pair.map_err(|_| Error::Told("the key can't be read".into()))?;
        let kept = Secret::new(pkcs8.to_vec());
        Ok(Self { pair, kept })
    }

    /// A proof for one request; with a token, of that token too (RFC 9449 4.2).
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub(crate) fn proof(
        &self,
        method: &str,
        url: &str,
        token: Option<&str>,
    ) -> Result<String, Error> {
        self.proof_of(&new_id(), method, url, token)
    }

    /// The same under an id, which a server takes once.
    pub(crate) fn proof_of(
        &self,
        id: &str,
        method: &str,
        url: &str,
        token: Option<&str>,
    ) -> Result<String, Error> {
        // An uncompressed point is 4, x and y (SEC 1, 2.3.3).
        let point = self.pair.public_key().as_ref();
        let (x, y) = (point.get(1..33), point.get(33..65));
        let coordinate = |part: Option<&[u8]>| BASE64URL_NOPAD.encode(part.unwrap_or_default());
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": coordinate(x), "y": coordinate(y)});
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let hash = |token: &str| {
            let hash = digest::digest(&digest::SHA256, token.as_bytes());
            BASE64URL_NOPAD.encode(hash.as_ref())
        };
        let claims = json!({
            "jti": id,
            "htm": method,
            "htu": url,
            "iat": SystemClock.now().as_seconds(),
            "ath": token.map(hash).unwrap_or_default(),
        });
        let encode = |part: &serde_json::Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.pair.sign(&Signing::new(), signed.as_bytes());
        let signature = signature.map_err(|_| Error::Told("nothing could be signed".into()))?;
        let signature = BASE64URL_NOPAD.encode(signature.as_ref());
        Ok(format!("{signed}.{signature}"))
    }
}

/// An id that nobody used before.
pub(crate) fn new_id() -> String {
    let mut id = [0; 16];
    SystemRandom.fill(&mut id);
    BASE64URL_NOPAD.encode(&id)
}
