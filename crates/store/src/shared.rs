//! What an organisation's readers and its writer share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use parking_lot::RwLock;
use ward_core::{Clock, Random};
use ward_crypto::OrganisationKeys;
use ward_log::Entry;

use crate::{
    Projector, StoreError,
    generation::{Generation, Place},
    index::{Stamp, value},
    log_file::LogReaders,
    salts::Salts,
    tokens,
    view::Snapshot,
    writer::{Message, Queue},
};

pub(crate) struct Shared {
    pub(crate) keys: OrganisationKeys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) projector: Arc<dyn Projector>,
    pub(crate) log: LogReaders,
    pub(crate) salts: Salts,
    pub(crate) place: Place,
    pub(crate) queue: Queue<Message>,
    pub(crate) view: RwLock<Option<Arc<Generation>>>,
    pub(crate) broken: AtomicBool,
    pub(crate) head: RwLock<LogHead>,
}

/// The durable end of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogHead {
    pub(crate) size: u64,
    pub(crate) note: Option<Arc<str>>,
}

impl Shared {
    /// What a view made now would say of itself.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp {
            format: value::FORMAT,
            projector: self.projector.version(),
            fingerprint: tokens::fingerprint(&self.keys),
        }
    }

    /// The view that serves.
    pub(crate) fn generation(&self) -> Result<Arc<Generation>, StoreError> {
        if self.broken.load(Ordering::Acquire) {
            return Err(StoreError::Rebuilding);
        }
        self.view.read().clone().ok_or(StoreError::Rebuilding)
    }

    /// Reads one state of the view. Where it turns out to be broken, the writer is told to build
    /// it again, and this and later reads are asked to come again.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&dyn Snapshot) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let generation = self.generation()?;
        let value = generation.view().and_then(|view| read(&*view.snapshot()?));
        value.map_err(|error| self.doubt(error))
    }

    /// Turns an error that is the view's into the request to come again, and has the view mended.
    pub(crate) fn doubt(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::View(_) | StoreError::Corrupt(_) => {
                self.report_broken(&error);
                StoreError::Rebuilding
            }
            other => other,
        }
    }

    pub(crate) fn report_broken(&self, error: &StoreError) {
        if !self.broken.swap(true, Ordering::AcqRel) {
            let error = error as &dyn std::error::Error;
            tracing::error!(organisation = %self.keys.ods(), error, "the view is broken");
            // Only fails when the writer has ended, and nothing can be mended any more.
            let _ = self.queue.push(Message::Repair);
        }
    }

    /// An entry of the log.
    pub(crate) fn entry(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        self.log
            .sealed(seq)?
            .map(|sealed| self.open(seq, &sealed))
            .transpose()
    }

    /// Opens and decodes an entry, and makes sure that it is the one of its place.
    pub(crate) fn open(&self, seq: u64, sealed: &[u8]) -> Result<Entry, StoreError> {
        let bytes = self
            .keys
            .open_entry(sealed)
            .map_err(|error| StoreError::Sealed(error.into()))?;
        let entry = Entry::decode(&bytes).map_err(|error| StoreError::Entry(error.into()))?;
        if entry.seq == seq {
            Ok(entry)
        } else {
            Err(StoreError::Entry(
                "an entry stands in another's place".into(),
            ))
        }
    }
}
