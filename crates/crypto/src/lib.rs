//! Keys, envelopes, blind tokens, sealing. No I/O.
//!
//! ```text
//! root key -> organisation key 1, 2, ... -> data        entries, states, salts, paging links
//!                                        -> seal + salt a patient's key: bodies
//!                                        -> token       blind tokens (those of one key id)
//!                                        -> checkpoint  Ed25519
//! ```
//!
//! Everything sealed is an envelope that names the [organisation key](KeyId) that sealed it, and is
//! bound to its organisation, its kind and its place: opened anywhere else, it is refused.

mod base64;
mod bytes;
mod derive;
mod envelope;
mod error;
pub mod fuzz;
mod organisation;
mod quorum;
mod root;
mod sealed_root;
mod share;
mod signer;
mod subject;
mod token;
mod wrapped;

pub use error::CryptoError;
pub use organisation::OrganisationKeys;
pub use root::RootKey;
pub use sealed_root::{SealedRoot, Unlock, UnlockedBy};
pub use share::Share;
pub use signer::CheckpointSigner;
pub use subject::{Binding, Salt, SubjectKey};
pub use token::Token;
pub use ward_core::KeyId;
pub use wrapped::WrappedOrganisationKeys;
