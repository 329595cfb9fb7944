//! Entry format, Merkle tree, checkpoints, verifier. No I/O.
//!
//! An organisation's log is one sequence of [`Entry`]s, each stored sealed beside its [`leaf_hash`].
//! The leaves make an RFC 6962 [`Tree`]; its head is signed as a [`Checkpoint`] after every commit.
//! [`Verifier`] reads such a log from anywhere, without a key to its contents, and names the first
//! entry that is not as it was signed.

mod actor;
mod basis;
mod checkpoint;
mod codec;
mod entry;
mod error;
mod event;
mod fault;
pub mod fuzz;
mod hash;
mod note;
mod position;
pub mod proof;
mod statement;
mod tree;
mod verifier;

pub use actor::{Actor, Factors};
pub use basis::{Basis, Purpose, RelationshipKind};
pub use checkpoint::Checkpoint;
pub use entry::Entry;
pub use error::LogError;
pub use event::{
    Event, Interaction, Item, RefusalReason, SignInFailure, SignOutCause, WriteMethod,
};
pub use fault::{Fault, FirstBad, NotHeld};
pub use hash::{Hash, leaf_hash, node_hash};
pub use note::VerifierKey;
pub use position::VerifiedPosition;
pub use statement::Statement;
pub use tree::Tree;
pub use verifier::{StoredEntry, Verified, Verifier};
