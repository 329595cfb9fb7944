//! Reading a view in SQLite.

use rusqlite::{Connection, OptionalExtension};

use super::Sqlite;
use crate::{
    StoreError,
    view::{Snapshot, Visit},
};

/// More idle connections than this are closed.
const IDLE_READERS: usize = 16;

/// A read transaction on a connection of the pool.
pub(super) struct SqliteSnapshot<'a> {
    view: &'a Sqlite,
    reader: Option<Connection>,
}

impl Sqlite {
    pub(super) fn read(&self) -> Result<SqliteSnapshot<'_>, StoreError> {
        let reader = self.reader()?;
        {
            let mut begin = reader.prepare_cached("BEGIN").map_err(StoreError::view)?;
            begin.execute([]).map_err(StoreError::view)?;
        }
        Ok(SqliteSnapshot {
            view: self,
            reader: Some(reader),
        })
    }
}

impl SqliteSnapshot<'_> {
    fn reader(&self) -> Result<&Connection, StoreError> {
        self.reader.as_ref().ok_or(StoreError::Closed)
    }
}

impl Snapshot for SqliteSnapshot<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader()?
            .prepare_cached("SELECT value FROM rows WHERE key = ?1")
            .and_then(|mut select| select.query_row([key], |row| row.get(0)).optional())
            .map_err(StoreError::view)
    }

    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        const LAST: &str =
            "SELECT key FROM rows WHERE key >= ?1 AND key < ?2 ORDER BY key DESC LIMIT 1";
        self.reader()?
            .prepare_cached(LAST)
            .and_then(|mut select| select.query_row([from, to], |row| row.get(0)).optional())
            .map_err(StoreError::view)
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: Visit<'_>) -> Result<(), StoreError> {
        scan(self.reader()?, from, to, visit).map_err(StoreError::view)
    }
}

fn scan(reader: &Connection, from: &[u8], to: &[u8], visit: Visit<'_>) -> rusqlite::Result<()> {
    let mut select = reader
        .prepare_cached("SELECT key, value FROM rows WHERE key >= ?1 AND key < ?2 ORDER BY key")?;
    let mut rows = select.query([from, to])?;
    while let Some(row) = rows.next()? {
        if visit(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?).is_break() {
            break;
        }
    }
    Ok(())
}

impl Drop for SqliteSnapshot<'_> {
    fn drop(&mut self) {
        let Some(reader) = self.reader.take() else {
            return;
        };
        // A connection that can't end its transaction is closed instead of being lent again.
        let ended = reader
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]))
            .is_ok();
        let mut idle = self.view.readers.lock();
        if ended && idle.len() < IDLE_READERS {
            idle.push(reader);
        }
    }
}
