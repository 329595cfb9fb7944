//! A service's side of SMART Backend Services: its keys, its assertions, its proofs.

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    },
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ward_core::Timestamp;

/// A service with a P-384 key that it registers, and a P-256 key that its tokens are bound to.
pub struct ServiceClient {
    registered: EcdsaKeyPair,
    bound: EcdsaKeyPair,
    kept: String,
}

impl ServiceClient {
    /// New keys.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn new() -> Result<Self, String> {
        let failed = |error: aws_lc_rs::error::Unspecified| error.to_string();
        let registered = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING);
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let kept = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
        let kept = kept.map_err(failed)?;
        let bound = EcdsaKeyPair::from_pkcs8(algorithm, kept.as_ref());
        Ok(Self {
            registered: registered.map_err(failed)?,
            bound: bound.map_err(|error| error.to_string())?,
            kept: BASE64.encode(kept.as_ref()),
        })
    }

    /// The private key that tokens are bound to, as base64 of PKCS #8.
    pub fn bound_key(&self) -> &str {
        &self.kept
    }

    /// The public key to register, as a JWKS with the key id `1`.
    pub fn jwks(&self) -> String {
        let (x, y) = point(&self.registered);
        let key = format!(r#""kty":"EC","crv":"P-384","x":"{x}","y":"{y}""#);
        format!(r#"{{"keys":[{{{key},"kid":"1","alg":"ES384","use":"sig"}}]}}"#)
    }

    /// The public key that tokens are bound to, as a JWK.
    pub fn jwk(&self) -> String {
        let (x, y) = point(&self.bound);
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#)
    }

    /// A client assertion, good for five minutes.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
        id: &str,
    ) -> Result<String, String> {
        let (iat, exp) = (now.as_seconds(), now.as_seconds() + 300);
        let claims = format!(
            r#"{{"iss":"{client_id}","sub":"{client_id}","aud":"{audience}","iat":{iat},"exp":{exp},"jti":"{id}"}}"#
        );
        self.sign_assertion(r#"{"typ":"JWT","alg":"ES384","kid":"1"}"#, &claims)
    }

    /// The same of a device, whose one key is the one that its tokens are bound to.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn device_assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
        id: &str,
    ) -> Result<String, String> {
        let (x, y) = point(&self.bound);
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let hash = digest::digest(&digest::SHA256, canonical.as_bytes());
        let key = BASE64URL_NOPAD.encode(hash.as_ref());
        let (iat, exp) = (now.as_seconds(), now.as_seconds() + 60);
        let claims = format!(
            r#"{{"iss":"{client_id}","sub":"{client_id}","aud":"{audience}","iat":{iat},"exp":{exp},"jti":"{id}"}}"#
        );
        let header = format!(r#"{{"typ":"JWT","alg":"ES256","kid":"{key}"}}"#);
        self.sign_proof(&header, &claims)
    }

    /// A proof for one request; with a token, of that token too.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn proof(
        &self,
        method: &str,
        url: &str,
        now: Timestamp,
        id: &str,
        token: Option<&str>,
    ) -> Result<String, String> {
        let iat = now.as_seconds();
        let ath = token.map(|token| {
            let hash = digest::digest(&digest::SHA256, token.as_bytes());
            format!(r#","ath":"{}""#, BASE64URL_NOPAD.encode(hash.as_ref()))
        });
        let ath = ath.unwrap_or_default();
        let claims = format!(r#"{{"jti":"{id}","htm":"{method}","htu":"{url}","iat":{iat}{ath}}}"#);
        let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, self.jwk());
        self.sign_proof(&header, &claims)
    }

    /// Any JWT under the registered key.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn sign_assertion(&self, header: &str, claims: &str) -> Result<String, String> {
        sign(&self.registered, header, claims)
    }

    /// Any JWT under the key that tokens are bound to.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn sign_proof(&self, header: &str, claims: &str) -> Result<String, String> {
        sign(&self.bound, header, claims)
    }
}

fn sign(key: &EcdsaKeyPair, header: &str, claims: &str) -> Result<String, String> {
    let encode = |part: &str| BASE64URL_NOPAD.encode(part.as_bytes());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes());
    let signature = signature.map_err(|error| error.to_string())?;
    Ok(format!(
        "{signed}.{}",
        BASE64URL_NOPAD.encode(signature.as_ref())
    ))
}

/// The coordinates of a public key: an uncompressed point is `4 | x | y`.
fn point(key: &EcdsaKeyPair) -> (String, String) {
    let point = key.public_key().as_ref().get(1..).unwrap_or_default();
    let (x, y) = point.split_at(point.len() / 2);
    (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y))
}
