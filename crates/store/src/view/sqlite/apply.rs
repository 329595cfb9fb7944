//! Changing a view in SQLite.

use rusqlite::Connection;

use super::Sqlite;
use crate::{
    StoreError,
    view::{Changes, Snapshot, View},
};

impl View for Sqlite {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        Ok(Box::new(self.read()?))
    }

    fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        write(&mut self.writer.lock(), changes).map_err(StoreError::view)
    }
}

fn write(writer: &mut Connection, changes: Changes) -> rusqlite::Result<()> {
    let transaction = writer.transaction()?;
    {
        let mut put = transaction.prepare_cached(
            "INSERT INTO rows(key, value) VALUES (?1, ?2)
             ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        )?;
        let mut delete = transaction.prepare_cached("DELETE FROM rows WHERE key = ?1")?;
        for (key, value) in changes.in_key_order() {
            match value {
                Some(value) => put.execute([key, value])?,
                None => delete.execute([key])?,
            };
        }
    }
    transaction.commit()
}
