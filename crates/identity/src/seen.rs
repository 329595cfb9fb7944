//! What was last written of when sessions were used.

use parking_lot::Mutex;

use crate::record::SeenRecord;

/// The fact as it is on the disk, as far as this process wrote it.
#[derive(Default)]
pub(crate) struct Seen(Mutex<SeenRecord>);

impl Seen {
    /// Whether a session was used, or ended, since.
    pub(crate) fn is_new(&self, record: &SeenRecord) -> bool {
        self.0.lock().0 != record.0
    }

    pub(crate) fn written(&self, record: SeenRecord) {
        *self.0.lock() = record;
    }
}
