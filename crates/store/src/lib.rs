//! The log and its view: sealed entries, postings, ranges; one [`Batch`].
//!
//! Each organisation has a log, which is the record, and a view, which answers. One writer a log
//! takes all that waits, checks it against the newest state, seals it, and commits it to the disk
//! together; then it applies it to the view, and answers. Nothing is acknowledged, and nothing
//! read is given out, before its entry is on the disk.
//!
//! What this crate does not do: it never sees a plaintext of a resource, it keeps no id in a view,
//! and it hands out no record but as [`Undisclosed`].

mod batch;
mod catch_up;
mod checkpoint;
mod compare;
mod error;
mod generation;
mod index;
pub mod limits;
mod log_file;
mod organisation;
mod postings;
mod projector;
mod salts;
mod shared;
mod store;
mod tokens;
mod undisclosed;
pub mod view;
mod writer;

pub use batch::{Batch, Committed, Expect, Operation, RelationRow, Write};
pub use error::{Source, StoreError};
pub use log_file::LogReader;
pub use organisation::{
    FailedSignIns, Found, Located, OrganisationStore, Query, Rebuilt, SealedVersion,
};
pub use projector::{Projection, Projector, SaltOf, WriteEvent};
pub use store::{Store, StoreOptions};
pub use tokens::subject;
pub use undisclosed::Undisclosed;
pub use view::Engine;
