//! One organisation's log and view.

mod commit;
mod disclosures;
mod failures;
mod find;
mod read;
mod relations;
mod states;

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    thread::{self, JoinHandle},
};

use parking_lot::RwLock;
use tokio::sync::oneshot;
use ward_core::{Ods, PatientId};
use ward_crypto::Token;

pub use failures::FailedSignIns;
pub use find::{Found, Query};
pub use read::{Located, SealedVersion};

use crate::{
    LogReader, Projector, StoreError, StoreOptions, catch_up,
    generation::Place,
    index::value::Position,
    log_file::{self, Appender, LogReaders},
    salts::{self, Salts},
    shared::{LogHead, Shared},
    store::Opened,
    tokens,
    writer::{Answer, Message, Queue, Writer},
};

/// An organisation's log and view, open. Clones are the same one; when the last is dropped, the
/// writer ends.
#[derive(Clone)]
pub struct OrganisationStore {
    pub(crate) open: Arc<Open>,
}

pub(crate) struct Open {
    pub(crate) shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    folder: std::path::PathBuf,
    _opened: Opened,
}

/// What a rebuilt view showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// The entries it was built from.
    pub entries: u64,
    /// Whether the view before it answered alike; none where that one could not be read.
    pub same: Option<bool>,
}

impl OrganisationStore {
    pub(crate) fn open(
        folder: &Path,
        options: &StoreOptions,
        keys: ward_crypto::OrganisationKeys,
        projector: Arc<dyn Projector>,
        opened: Opened,
    ) -> Result<Self, StoreError> {
        let file = log_file::file(folder);
        let log = log_file::open(&file, &keys)?;
        let head = LogHead {
            size: log.size(),
            note: log.note().map(Arc::from),
        };
        let salts = Salts::open(&salts::file(folder), keys.clone())?;
        let shared = Arc::new(Shared {
            keys,
            clock: Arc::clone(&options.clock),
            random: Arc::clone(&options.random),
            projector,
            log: LogReaders::new(&file),
            salts,
            place: Place::new(folder, options.engine, options.view_cache_bytes),
            queue: Queue::new(),
            view: RwLock::new(None),
            broken: AtomicBool::new(false),
            head: RwLock::new(head),
        });
        let view = catch_up::open_view(&shared, end(&log))?;
        *shared.view.write() = Some(view);
        let writer = Writer::new(Arc::clone(&shared), log);
        let writer = thread::Builder::new()
            .name(format!("log {}", shared.keys.ods()))
            .spawn(move || writer.run())?;
        let open = Open {
            shared,
            writer: Some(writer),
            folder: folder.to_path_buf(),
            _opened: opened,
        };
        Ok(Self {
            open: Arc::new(open),
        })
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.open.shared
    }

    /// Which organisation.
    pub fn ods(&self) -> &Ods {
        self.shared().keys.ods()
    }

    /// The token of a patient, as relationships and salts name them.
    pub fn subject(&self, patient: &PatientId) -> Token {
        tokens::subject(&self.shared().keys, patient)
    }

    /// The number of durable entries.
    pub fn log_position(&self) -> u64 {
        self.shared().head.read().size
    }

    /// The latest signed checkpoint; none of an empty log.
    pub fn checkpoint(&self) -> Option<Arc<str>> {
        self.shared().head.read().note.clone()
    }

    /// The log's file, to be verified or copied while the organisation is open.
    pub fn log_reader(&self) -> Result<LogReader, StoreError> {
        LogReader::open(&self.open.folder)
    }

    /// The log's file.
    pub fn log_file(&self) -> std::path::PathBuf {
        log_file::file(&self.open.folder)
    }

    /// Builds the view again from the log, and puts it in place of the old one. Reads go on
    /// meanwhile; writes and disclosures wait. `progress` is told how many entries are applied,
    /// and how many there are.
    pub async fn rebuild_view(
        &self,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Rebuilt, StoreError> {
        self.ask(|answer| Message::Rebuild {
            progress: Box::new(progress),
            answer,
        })
        .await
    }

    async fn ask<T>(&self, message: impl FnOnce(Answer<T>) -> Message) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.shared().queue.push(message(answer))?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

fn end(log: &Appender) -> Position {
    log.leaf().map_or(Position::START, |leaf| Position {
        applied: log.size(),
        leaf,
    })
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has closed its queue; there is nothing to add here.
            let _ = writer.join();
        }
    }
}
