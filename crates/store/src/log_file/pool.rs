//! Reading single entries of a live log, from many threads.

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use ward_log::Hash;

use crate::StoreError;

/// More idle connections than this are closed.
const IDLE: usize = 16;

/// A pool of reading connections.
pub(crate) struct LogReaders {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl LogReaders {
    pub(crate) fn new(file: &Path) -> Self {
        Self {
            file: file.to_path_buf(),
            idle: Mutex::default(),
        }
    }

    /// The sealed bytes of one entry.
    pub(crate) fn sealed(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        // SQLite counts to half as many, and so does the log.
        let Ok(seq) = i64::try_from(seq) else {
            return Ok(None);
        };
        self.with(|reader| {
            reader
                .prepare_cached("SELECT sealed FROM entries WHERE seq = ?1")?
                .query_row([seq], |row| row.get(0))
                .optional()
        })
    }

    /// The leaf of one entry.
    pub(crate) fn leaf(&self, seq: u64) -> Result<Option<Hash>, StoreError> {
        let leaf: Option<[u8; 32]> = self.with(|reader| {
            reader
                .prepare_cached("SELECT leaf FROM entries WHERE seq = ?1")?
                .query_row([seq], |row| row.get(0))
                .optional()
        })?;
        Ok(leaf.map(Hash))
    }

    /// Entries from `from` up to `to`, as many as fit the limits, and at least one if there is one.
    pub(crate) fn chunk(
        &self,
        from: u64,
        to: u64,
        entries: usize,
        bytes: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.with(|reader| {
            let mut select = reader.prepare_cached(
                "SELECT seq, sealed FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq",
            )?;
            let mut rows = select.query([from, to])?;
            let (mut chunk, mut size) = (Vec::new(), 0);
            while chunk.len() < entries && size < bytes {
                let Some(row) = rows.next()? else { break };
                let (seq, sealed): (u64, Vec<u8>) = (row.get(0)?, row.get(1)?);
                size += sealed.len();
                chunk.push((seq, sealed));
            }
            Ok(chunk)
        })
    }

    /// Closes the idle connections.
    pub(crate) fn close(&self) {
        self.idle.lock().clear();
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let pooled = self.idle.lock().pop();
        let reader = match pooled {
            Some(reader) => reader,
            None => open(&self.file).map_err(StoreError::log)?,
        };
        let value = read(&reader).map_err(StoreError::log)?;
        let mut idle = self.idle.lock();
        if idle.len() < IDLE {
            idle.push(reader);
        }
        Ok(value)
    }
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(file, flags)?;
    reader.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096;")?;
    Ok(reader)
}
