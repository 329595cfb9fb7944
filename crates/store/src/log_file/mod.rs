//! The log in SQLite: what was written and read, in one order, never changed.
//!
//! `entries(seq, leaf, sealed)` holds the sealed entries beside their leaf hashes,
//! `checkpoints(size, note)` the signed head of each commit, and `trees(size, tree)` now and then
//! the edge of the tree, so that opening need not hash the log again.

mod append;
mod open;
mod pool;
mod verify;

pub(crate) use append::{Appender, Sealed};
pub(crate) use open::{create, open};
pub(crate) use pool::LogReaders;
pub use verify::LogReader;

/// The file's name in an organisation's directory.
const FILE: &str = "log.db";

/// The log's file in an organisation's directory.
pub(crate) fn file(organisation: &std::path::Path) -> std::path::PathBuf {
    organisation.join(FILE)
}
