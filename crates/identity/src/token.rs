//! Opaque tokens: 256 random bits that mean nothing to whoever holds them.

use aws_lc_rs::{digest, hmac};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use ward_core::{Random, Secret};

/// Length of a token as text.
pub(crate) const TOKEN_CHARS: usize = 43;

/// What is stored of a token: its SHA-256. A token has 256 random bits, so that a plain hash
/// can't be searched through, and a lookup by it tells nothing by its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

/// Makes a token: what its holder gets, and what is kept.
pub(crate) fn new_token(random: &dyn Random) -> (Secret<String>, TokenHash) {
    let mut bytes = Secret::new([0; 32]);
    fill(&mut bytes, random);
    let text = Secret::new(BASE64URL_NOPAD.encode(bytes.expose()));
    let hash = TokenHash(sha256(text.expose().as_bytes()));
    (text, hash)
}

fn fill(bytes: &mut Secret<[u8; 32]>, random: &dyn Random) {
    let mut fresh = [0; 32];
    random.fill(&mut fresh);
    *bytes = Secret::new(fresh);
}

impl TokenHash {
    /// The hash of a token that somebody sent; `None` if it has not the form of one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let plausible = text.len() == TOKEN_CHARS
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        plausible.then(|| Self(sha256(text.as_bytes())))
    }
}

/// The token that a form of this session carries: it can't be made without the session's own
/// token, and tells nothing of it.
pub(crate) fn csrf_token(session_token: &str) -> Secret<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, session_token.as_bytes());
    Secret::new(BASE64URL_NOPAD.encode(hmac::sign(&key, b"ward csrf 1").as_ref()))
}

/// Whether two secrets are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(one: &str, two: &str) -> bool {
    one.as_bytes().ct_eq(two.as_bytes()).into()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;

    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash_alone() {
        let (token, hash) = new_token(&SystemRandom);
        assert_eq!(token.expose().len(), TOKEN_CHARS);
        assert_eq!(TokenHash::of(token.expose()), Some(hash));
        assert_ne!(new_token(&SystemRandom).1, hash);
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_not_looked_up() {
        for bad in [
            "",
            "abc",
            &"a".repeat(42),
            &"a".repeat(44),
            &"é".repeat(43),
            &" ".repeat(43),
        ] {
            assert_eq!(TokenHash::of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_form_token_belongs_to_one_session() {
        let one = csrf_token("one");
        assert!(same(one.expose(), csrf_token("one").expose()));
        assert!(!same(one.expose(), csrf_token("two").expose()));
    }
}
