//! The view in fjall, a log-structured merge tree.

mod apply;
#[cfg(test)]
mod damage;
mod open;
mod read;

use ::fjall::{Database, Keyspace};

/// One keyspace holds every row: keyspaces are flushed to disk one by one while the journal they
/// share is not fsynced, so that two of them could come back from a power cut in different states.
pub(super) struct Fjall {
    database: Database,
    rows: Keyspace,
}
