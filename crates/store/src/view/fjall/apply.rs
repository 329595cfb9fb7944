//! Changing a view in fjall.

use super::Fjall;
use crate::{
    StoreError,
    view::{Changes, Snapshot, View},
};

impl View for Fjall {
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError> {
        Ok(Box::new(self.read()))
    }

    /// The batch reaches the operating system, so that it outlives this process, and no further.
    fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        let rows = changes.in_key_order();
        let mut batch = self.database.batch();
        for (key, value) in rows {
            match value {
                Some(value) => batch.insert(&self.rows, key, value),
                None => batch.remove(&self.rows, key),
            }
        }
        batch.commit().map_err(StoreError::view)
    }
}
