//! Opening a view in SQLite.

use std::path::Path;

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};

use super::Sqlite;
use crate::StoreError;

/// Pages of 4 KiB that the write-ahead log gathers: random index rows share pages by then.
const CHECKPOINT_PAGES: u32 = 10_000;

impl Sqlite {
    pub(crate) fn open(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        let file = dir.join("view.db");
        let writer = Connection::open(&file).map_err(StoreError::view)?;
        // NORMAL syncs at checkpoints only: after a power cut the newest changes may be gone,
        // but those that are there are whole.
        writer
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = NORMAL;
                 PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
                 CREATE TABLE IF NOT EXISTS rows(
                     key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID, STRICT;"
            ))
            .map_err(StoreError::view)?;
        set_cache(&writer, cache_bytes)?;
        Ok(Self {
            file,
            cache_bytes,
            writer: Mutex::new(writer),
            readers: Mutex::default(),
        })
    }

    pub(super) fn reader(&self) -> Result<Connection, StoreError> {
        if let Some(reader) = self.readers.lock().pop() {
            return Ok(reader);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.file, flags).map_err(StoreError::view)?;
        set_cache(&reader, self.cache_bytes / 4)?;
        Ok(reader)
    }
}

fn set_cache(connection: &Connection, bytes: u64) -> Result<(), StoreError> {
    let kibibytes = i64::try_from(bytes / 1024).unwrap_or(i64::MAX);
    connection
        .pragma_update(None, "cache_size", -kibibytes)
        .map_err(StoreError::view)
}
