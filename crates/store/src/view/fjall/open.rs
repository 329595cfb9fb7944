//! Opening a view in fjall.

use std::path::Path;

use ::fjall::{Database, KeyspaceCreateOptions};

use super::Fjall;
use crate::StoreError;

/// Rows held in memory before they are written as a sorted file.
const MEMTABLE_BYTES: u64 = 32 * 1024 * 1024;
/// Journals kept, and so replayed at most when the view is opened.
const JOURNAL_BYTES: u64 = 256 * 1024 * 1024;

impl Fjall {
    pub(crate) fn open(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        let database = Database::builder(dir)
            .cache_size(cache_bytes)
            .worker_threads(1)
            .max_journaling_size(JOURNAL_BYTES)
            .open()
            .map_err(StoreError::view)?;
        let options = || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(MEMTABLE_BYTES)
                .expect_point_read_hits(true)
        };
        let rows = database
            .keyspace("rows", options)
            .map_err(StoreError::view)?;
        Ok(Self { database, rows })
    }
}
