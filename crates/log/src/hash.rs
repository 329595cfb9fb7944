//! The hashes of the tree (RFC 6962 2.1).

use std::fmt;

use aws_lc_rs::digest::{self, SHA256};
use data_encoding::HEXLOWER;

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of bytes, as they are.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::from_digest(&digest::digest(&SHA256, bytes))
    }

    fn from_digest(digest: &digest::Digest) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.as_ref());
        Self(hash)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The leaf of an entry: `SHA-256(0x00 | seq (8, big-endian) | sealed bytes)`.
///
/// The place is in the leaf, so that an entry moved with its leaf is found where it now stands.
pub fn leaf_hash(seq: u64, sealed: &[u8]) -> Hash {
    let mut context = digest::Context::new(&SHA256);
    context.update(&[0]);
    context.update(&seq.to_be_bytes());
    context.update(sealed);
    Hash::from_digest(&context.finish())
}

/// An inner node: `SHA-256(0x01 | left | right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut node = [1; 65];
    node[1..33].copy_from_slice(&left.0);
    node[33..].copy_from_slice(&right.0);
    Hash::of(&node)
}
