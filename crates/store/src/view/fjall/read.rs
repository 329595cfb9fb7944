//! Reading a view in fjall.

use ::fjall::{Keyspace, Readable};

use super::Fjall;
use crate::{
    StoreError,
    view::{Snapshot, Visit},
};

pub(super) struct FjallSnapshot<'a> {
    snapshot: ::fjall::Snapshot,
    rows: &'a Keyspace,
}

impl Fjall {
    pub(super) fn read(&self) -> FjallSnapshot<'_> {
        FjallSnapshot {
            snapshot: self.database.snapshot(),
            rows: &self.rows,
        }
    }
}

impl Snapshot for FjallSnapshot<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self
            .snapshot
            .get(self.rows, key)
            .map_err(StoreError::view)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if from >= to {
            return Ok(None);
        }
        let last = self.snapshot.range(self.rows, from..to).next_back();
        let key = last
            .map(::fjall::Guard::key)
            .transpose()
            .map_err(StoreError::view)?;
        Ok(key.map(|key| key.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: Visit<'_>) -> Result<(), StoreError> {
        if from >= to {
            return Ok(());
        }
        for row in self.snapshot.range(self.rows, from..to) {
            let (key, value) = row.into_inner().map_err(StoreError::view)?;
            if visit(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }
}
