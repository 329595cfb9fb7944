//! The store: a directory with one folder for each organisation.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use ward_core::{Clock, Ods, Random};
use ward_crypto::OrganisationKeys;

use crate::{OrganisationStore, Projector, StoreError, log_file, salts, view::Engine};

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// What keeps the view. A view that another engine made is built again.
    pub engine: Engine,
    /// Memory for blocks of each organisation's view.
    pub view_cache_bytes: u64,
    /// Tells the time of entries.
    pub clock: Arc<dyn Clock>,
    /// Makes salts and nonces.
    pub random: Arc<dyn Random>,
}

impl StoreOptions {
    /// The engine that measures best, with 64 MiB of blocks.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            engine: Engine::default(),
            view_cache_bytes: 64 * 1024 * 1024,
            clock,
            random,
        }
    }
}

/// A directory of organisations, held by one process.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    options: StoreOptions,
    open: Mutex<HashSet<Ods>>,
    /// The operating system gives the lock back when the process ends, however it ends.
    _lock: File,
}

/// An organisation counts as open until this is dropped.
pub(crate) struct Opened {
    store: Store,
    ods: Ods,
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.store.inner.open.lock().remove(&self.ods);
    }
}

impl Store {
    /// Opens a store, and makes its directory where it is not there.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while another process has it open.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        fs::create_dir_all(dir)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::InUse,
            TryLockError::Error(error) => StoreError::Io(error),
        })?;
        let inner = Inner {
            dir: dir.to_path_buf(),
            options,
            open: Mutex::default(),
            _lock: lock,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Whether the store holds an organisation.
    pub fn holds(&self, ods: &Ods) -> bool {
        log_file::file(&self.folder(ods)).is_file()
    }

    /// Creates an organisation's log, empty.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where it was created before.
    pub fn create_organisation(&self, ods: &Ods) -> Result<(), StoreError> {
        let folder = self.folder(ods);
        fs::create_dir_all(&folder)?;
        salts::create(&salts::file(&folder))?;
        log_file::create(&log_file::file(&folder))?;
        // So that the names outlive a power cut, too.
        File::open(&folder)?.sync_all()?;
        File::open(&self.inner.dir)?.sync_all()?;
        Ok(())
    }

    /// Opens an organisation: reads the head of its log, and brings its view to the log's end. A
    /// view that is missing, broken or made otherwise is built again, which takes its time.
    ///
    /// # Errors
    /// [`StoreError::NoSuchOrganisation`], [`StoreError::AlreadyOpen`]; [`StoreError::Corrupt`]
    /// where the log's head is not as it was signed.
    pub fn organisation(
        &self,
        keys: OrganisationKeys,
        projector: Arc<dyn Projector>,
    ) -> Result<OrganisationStore, StoreError> {
        let ods = keys.ods().clone();
        if !self.holds(&ods) {
            return Err(StoreError::NoSuchOrganisation);
        }
        if !self.inner.open.lock().insert(ods.clone()) {
            return Err(StoreError::AlreadyOpen);
        }
        let opened = Opened {
            store: self.clone(),
            ods: ods.clone(),
        };
        let folder = self.folder(&ods);
        OrganisationStore::open(&folder, &self.inner.options, keys, projector, opened)
    }

    /// The folder of an organisation's files.
    pub fn folder(&self, ods: &Ods) -> PathBuf {
        self.inner.dir.join(ods.as_str())
    }
}
