//! Public keys of services (RFC 7517), and what they sign with (RFC 7518).

use std::borrow::Cow;

use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA384, RsaPublicKeyComponents,
};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, de::IgnoredAny};

use crate::{Error, token::sha256};

/// Keys in a registered set, at most: one in use and one to come, for each of a few nodes.
const KEYS: usize = 10;
/// A modulus, in bytes: 2,048 to 4,096 bits. Longer ones cost the verifier more than they give.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;

/// How a key signs. It follows from the key alone, so that a header can't talk a verifier into
/// another way (`none`, or a public key taken for a shared secret).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Es256,
    Es384,
    Rs384,
    EdDsa,
}

impl Algorithm {
    /// Whether a header's `alg` names this way (RFC 7518 3.1; RFC 9864 2.2).
    pub(crate) fn is_named(self, alg: &str) -> bool {
        match self {
            Self::Es256 => alg == "ES256",
            Self::Es384 => alg == "ES384",
            Self::Rs384 => alg == "RS384",
            Self::EdDsa => alg == "EdDSA" || alg == "Ed25519",
        }
    }
}

/// The SHA-256 thumbprint of a key (RFC 7638).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Thumbprint(pub(crate) [u8; 32]);

impl Thumbprint {
    /// As `jkt` has it.
    pub(crate) fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}

/// A public key, ready to verify with.
#[derive(Clone)]
pub(crate) struct PublicKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) thumbprint: Thumbprint,
    pub(crate) id: Option<Box<str>>,
    prepared: ParsedPublicKey,
}

/// The members that Ward looks at. A member that stands twice is an error.
#[derive(Deserialize)]
struct Jwk<'a> {
    #[serde(borrow)]
    kty: Cow<'a, str>,
    #[serde(borrow, default)]
    crv: Cow<'a, str>,
    #[serde(borrow, default)]
    x: Cow<'a, str>,
    #[serde(borrow, default)]
    y: Cow<'a, str>,
    #[serde(borrow, default)]
    n: Cow<'a, str>,
    #[serde(borrow, default)]
    e: Cow<'a, str>,
    kid: Option<Box<str>>,
    alg: Option<Box<str>>,
    #[serde(rename = "use")]
    usage: Option<Box<str>>,
    key_ops: Option<Vec<Box<str>>>,
    d: Option<IgnoredAny>,
    p: Option<IgnoredAny>,
    q: Option<IgnoredAny>,
    dp: Option<IgnoredAny>,
    dq: Option<IgnoredAny>,
    qi: Option<IgnoredAny>,
    oth: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
}

impl Jwk<'_> {
    fn is_secret(&self) -> bool {
        let Self {
            d,
            p,
            q,
            dp,
            dq,
            qi,
            oth,
            k,
            ..
        } = self;
        [d, p, q, dp, dq, qi, oth, k]
            .iter()
            .any(|member| member.is_some())
    }

    fn is_for_verifying(&self) -> bool {
        self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self
                .key_ops
                .as_ref()
                .is_none_or(|ops| ops.iter().any(|op| &**op == "verify"))
    }
}

impl PublicKey {
    /// Reads one JWK.
    ///
    /// # Errors
    /// [`Error::Key`], where it is malformed, not of a kind that Ward knows, weak, or private: a
    /// private key that was sent is known to others.
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let jwk: Jwk<'_> = serde_json::from_str(json).map_err(|_| Error::Key("not a JWK"))?;
        if jwk.is_secret() {
            return Err(Error::Key("a private key was sent; take it out of use"));
        }
        if !jwk.is_for_verifying() {
            return Err(Error::Key("not for verifying signatures"));
        }
        let (algorithm, prepared, canonical) = match (&*jwk.kty, &*jwk.crv) {
            ("EC", "P-256") => elliptic(&jwk, Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, 32)?,
            ("EC", "P-384") => elliptic(&jwk, Algorithm::Es384, &ECDSA_P384_SHA384_FIXED, 48)?,
            ("OKP", "Ed25519") => edwards(&jwk)?,
            ("RSA", _) => rsa(&jwk)?,
            _ => return Err(Error::Key("not of a known kind")),
        };
        if jwk
            .alg
            .as_deref()
            .is_some_and(|alg| !algorithm.is_named(alg))
        {
            return Err(Error::Key("its alg is not the one of its kind"));
        }
        let thumbprint = Thumbprint(sha256(canonical.as_bytes()));
        Ok(Self {
            algorithm,
            thumbprint,
            id: jwk.kid,
            prepared,
        })
    }

    /// Verifies a signature.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.prepared.verify_sig(message, signature).is_ok()
    }
}

type Parts = (Algorithm, ParsedPublicKey, String);

fn elliptic(
    jwk: &Jwk<'_>,
    algorithm: Algorithm,
    verification: &'static signature::EcdsaVerificationAlgorithm,
    size: usize,
) -> Result<Parts, Error> {
    let (x, y) = (decode(&jwk.x)?, decode(&jwk.y)?);
    if x.len() != size || y.len() != size {
        return Err(Error::Key("a coordinate of the wrong length"));
    }
    let canonical = format!(
        r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
        jwk.crv, jwk.x, jwk.y
    );
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let prepared = ParsedPublicKey::new(verification, point)
        .map_err(|_| Error::Key("not a point of its curve"))?;
    Ok((algorithm, prepared, canonical))
}

fn edwards(jwk: &Jwk<'_>) -> Result<Parts, Error> {
    let x = decode(&jwk.x)?;
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, jwk.x);
    let prepared = ParsedPublicKey::new(&ED25519, x).map_err(|_| Error::Key("not a point"))?;
    Ok((Algorithm::EdDsa, prepared, canonical))
}

fn rsa(jwk: &Jwk<'_>) -> Result<Parts, Error> {
    let (n, e) = (decode(&jwk.n)?, decode(&jwk.e)?);
    let is_full = n.first().is_some_and(|first| *first & 0x80 != 0);
    if !is_full || !MODULUS.contains(&n.len()) {
        return Err(Error::Key(
            "an RSA modulus of 2048 to 4096 bits, a multiple of 8, is asked for",
        ));
    }
    if e != [1, 0, 1] {
        return Err(Error::Key("the RSA exponent 65537 is asked for"));
    }
    let canonical = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, jwk.e, jwk.n);
    let prepared = RsaPublicKeyComponents { n, e }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA384)
        .map_err(|_| Error::Key("not an RSA key"))?;
    Ok((Algorithm::Rs384, prepared, canonical))
}

/// Base64url without padding, in its one spelling: so the texts can stand in the thumbprint.
fn decode(text: &str) -> Result<Vec<u8>, Error> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| Error::Key("not base64url"))
}

/// The keys that a service registered.
pub(crate) struct KeySet(Vec<PublicKey>);

#[derive(Deserialize)]
struct Jwks<'a> {
    #[serde(borrow)]
    keys: Vec<&'a serde_json::value::RawValue>,
}

impl KeySet {
    /// Reads a JWKS: each key with a `kid` of its own, for ES384 or RS384 (SMART App Launch 2.2,
    /// client authentication: asymmetric).
    ///
    /// # Errors
    /// [`Error::Key`].
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let jwks: Jwks<'_> = serde_json::from_str(json).map_err(|_| Error::Key("not a JWKS"))?;
        if jwks.keys.is_empty() || jwks.keys.len() > KEYS {
            return Err(Error::Key("1 to 10 keys are asked for"));
        }
        let mut keys: Vec<PublicKey> = Vec::new();
        for json in jwks.keys {
            let key = PublicKey::parse(json.get())?;
            if !matches!(key.algorithm, Algorithm::Es384 | Algorithm::Rs384) {
                return Err(Error::Key("a key for ES384 or RS384 is asked for"));
            }
            if key.id.is_none() || keys.iter().any(|known| known.id == key.id) {
                return Err(Error::Key("each key needs a kid of its own"));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// The one key of a device, which is named by its thumbprint.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub(crate) fn of_device(jwk: &str) -> Result<Self, Error> {
        let key = PublicKey::parse(jwk)?;
        let id = Some(key.thumbprint.text().into());
        Ok(Self(vec![PublicKey { id, ..key }]))
    }

    /// Whether a key is among them.
    pub(crate) fn holds(&self, key: &Thumbprint) -> bool {
        self.0.iter().any(|known| known.thumbprint == *key)
    }

    /// The key of an id.
    pub(crate) fn get(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id.as_deref() == Some(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 3.1, but for its modulus there is the real one of the RFC.
    const RSA: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS384","kid":"2011-04-29"}"#;
    /// RFC 8037, appendix A.2.
    const ED: &str =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    /// RFC 9449, the key of its examples.
    const EC: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;

    fn thumbprint(json: &str) -> String {
        let Thumbprint(bytes) = PublicKey::parse(json).unwrap().thumbprint;
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn problem(json: &str) -> bool {
        matches!(PublicKey::parse(json), Err(Error::Key(_)))
    }

    #[test]
    fn thumbprints_are_those_of_the_standards() {
        let rfc_7638 = RSA.replace(r#""alg":"RS384","#, "");
        assert_eq!(
            thumbprint(&rfc_7638),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
        assert_eq!(
            thumbprint(ED),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
        assert_eq!(
            thumbprint(EC),
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
        );
    }

    #[test]
    fn a_key_with_a_private_part_is_refused() {
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            let private = EC.replacen('{', &format!(r#"{{"{member}":"AAAA","#), 1);
            assert!(problem(&private), "{member}");
        }
    }

    #[test]
    fn a_key_that_is_not_for_this_is_refused() {
        for bad in [
            "",
            "{}",
            "null",
            "[]",
            r#"{"kty":"oct","k":"AAAA"}"#,
            r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            r#"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            &EC.replace("9VE4jf", "8VE4jf"),
            &EC.replace("P-256", "P-384"),
            &EC.replacen('{', r#"{"use":"enc","#, 1),
            &EC.replacen('{', r#"{"key_ops":["sign"],"#, 1),
            &EC.replacen('{', r#"{"alg":"HS256","#, 1),
            &EC.replacen('{', r#"{"alg":"none","#, 1),
            &EC.replacen('{', r#"{"kty":"EC","#, 1),
            &RSA.replace("AQAB", "Aw"),
            &RSA.replace("RS384", "RS256"),
            &RSA.replace("0vx7agoebGcQ", "AAx7agoebGcQ"),
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZg","e":"AQAB"}"#,
        ] {
            assert!(problem(bad), "{bad}");
        }
    }

    #[test]
    fn a_set_has_named_keys_of_the_two_algorithms() {
        let set = |keys: &[&str]| KeySet::parse(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
        assert!(set(&[RSA]).unwrap().get("2011-04-29").is_some());
        assert!(set(&[RSA]).unwrap().get("other").is_none());
        for bad in [
            &[][..],
            &[EC],
            &[ED],
            &[RSA, RSA],
            &[&RSA.replace("kid", "kidd")],
        ] {
            assert!(set(bad).is_err());
        }
    }
}
