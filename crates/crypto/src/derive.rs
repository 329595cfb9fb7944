//! Keys from keys (HKDF-SHA256, RFC 5869).

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, LessSafeKey, UnboundKey},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
};
use ward_core::Random;
use zeroize::Zeroizing;

use crate::bytes::joined;

/// 32 bytes of key, wiped when dropped.
pub(crate) type KeyBytes = Zeroizing<[u8; 32]>;

/// A new key.
pub(crate) fn fresh(random: &dyn Random) -> KeyBytes {
    let mut key = Zeroizing::new([0; 32]);
    random.fill(key.as_mut_slice());
    key
}

/// What aws-lc refuses for lengths alone, which are constants here.
#[expect(
    clippy::expect_used,
    reason = "aws-lc refuses only lengths, and these are constants"
)]
pub(crate) fn certain<T>(result: Result<T, Unspecified>) -> T {
    result.expect("lengths are constants")
}

/// The first `N` bytes of a hash, key or signature that has as many or more.
pub(crate) fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    certain(bytes.first_chunk().copied().ok_or(Unspecified))
}

/// The key from which others are derived, for one purpose.
pub(crate) fn extract(purpose: &[u8], key: &[u8; 32]) -> Prk {
    Salt::new(HKDF_SHA256, purpose).extract(key)
}

/// The key of a name made of parts.
pub(crate) fn expand(from: &Prk, parts: &[&[u8]]) -> KeyBytes {
    let mut bytes = Zeroizing::new([0; 32]);
    let info = Zeroizing::new(joined(parts));
    certain(
        from.expand(&[&info], Length)
            .and_then(|okm| okm.fill(bytes.as_mut_slice())),
    );
    bytes
}

/// A sealing key, ready for use.
pub(crate) fn sealing_key(bytes: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(certain(UnboundKey::new(&AES_256_GCM_SIV, bytes)))
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        32
    }
}
