//! What can go wrong with keys and seals. Never says what was sealed.

use ward_core::KeyId;

/// Why something was not opened, or not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// Altered, cut short, or sealed for another organisation, kind, place or patient.
    #[error("the seal does not fit")]
    Refused,
    /// Sealed by a format that this version does not know: a newer Ward sealed it.
    #[error("sealed in unknown format {0}")]
    UnknownFormat(u8),
    /// Sealed under an organisation key that is not there.
    #[error("organisation key {} is not there", .0.0)]
    UnknownKey(KeyId),
    /// A file or text that is not what it should be.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// The passphrase does not open the root key, or its file was altered.
    #[error("the passphrase does not open the root key")]
    WrongPassphrase,
    /// The root key is opened in another way: see [`SealedRoot::unlocked_by`](crate::SealedRoot).
    #[error("the root key is not opened in this way")]
    WrongUnlock,
    /// A passphrase of fewer characters than 16.
    #[error("a passphrase needs at least 16 characters")]
    PassphraseTooShort,
    /// Fewer different shares than the quorum.
    #[error("{given} of {needed} shares given")]
    SharesMissing {
        /// How many different shares there were.
        given: usize,
        /// How many are needed.
        needed: u8,
    },
    /// A share of another root key, or of another quorum of this one.
    #[error("a share of another quorum")]
    ForeignShare,
    /// A quorum that can't be: `2 <= needed <= shares <= 32`.
    #[error("a quorum must be 2 or more of 32 or fewer shares")]
    BadQuorum,
    /// Keys wrapped by another root key, or an altered file of them.
    #[error("the organisation's keys are not of this root key, or were altered")]
    ForeignKeys,
    /// The organisation has as many keys as it may have.
    #[error("an organisation can have {0} keys at most")]
    TooManyKeys(usize),
}
