//! What can be wrong with something read.

/// A text or bytes that cannot be read. Never carries what was read: it may be a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// An entry of a format that this version does not know: a newer Ward wrote it.
    #[error("an entry of unknown format {0}")]
    UnknownFormat(u8),
    /// Bytes that are not what they should be.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// A note without a signature by any of the keys given.
    #[error("no signature by a known key")]
    Unsigned,
    /// A note with a signature by a known key that does not fit.
    #[error("a signature by a known key does not fit")]
    BadSignature,
    /// A proof that does not prove what it should.
    #[error("the proof does not fit")]
    BadProof,
}
