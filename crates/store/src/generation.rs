//! The view's directories: each build of the view has its own, and the newest serves.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    StoreError,
    index::{Stamp, key, value::Position},
    view::{Changes, Engine, View},
};

/// The folder in an organisation's directory.
const FOLDER: &str = "view";

/// One build of the view, named `view/<number>.<engine>`.
pub(crate) struct Generation {
    view: Option<Box<dyn View>>,
    dir: PathBuf,
    retired: AtomicBool,
}

/// Where and how views are kept.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    folder: PathBuf,
    engine: Engine,
    cache_bytes: u64,
}

impl Generation {
    pub(crate) fn view(&self) -> Result<&dyn View, StoreError> {
        self.view.as_deref().ok_or(StoreError::Closed)
    }

    /// Its directory is removed when its last reader is gone.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
    }

    /// How far it has applied the log.
    pub(crate) fn position(&self) -> Result<Option<Position>, StoreError> {
        let position = self.view()?.snapshot()?.get(&key::position())?;
        position
            .map(|bytes| Position::from_bytes(&bytes))
            .transpose()
    }

    fn stamp(&self) -> Result<Option<Stamp>, StoreError> {
        let stamp = self.view()?.snapshot()?.get(&key::stamp())?;
        stamp.map(|bytes| Stamp::from_bytes(&bytes)).transpose()
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        // The engine closes its files first.
        drop(self.view.take());
        if self.retired.load(Ordering::Relaxed)
            && let Err(error) = fs::remove_dir_all(&self.dir)
        {
            tracing::warn!(%error, "an old view could not be removed");
        }
    }
}

impl Place {
    pub(crate) fn new(organisation: &Path, engine: Engine, cache_bytes: u64) -> Self {
        Self {
            folder: organisation.join(FOLDER),
            engine,
            cache_bytes,
        }
    }

    /// The newest build, if it is one that this store would make, and can be read.
    pub(crate) fn newest(&self, stamp: &Stamp) -> Result<Option<Generation>, StoreError> {
        let Some((_, dir)) = self.builds()?.into_iter().max() else {
            return Ok(None);
        };
        if dir
            .extension()
            .is_none_or(|engine| engine != self.engine.name())
        {
            return Ok(None);
        }
        let opened = self.open(dir).and_then(|build| Ok((build.stamp()?, build)));
        match opened {
            Ok((found, build)) if found.as_ref() == Some(stamp) => Ok(Some(build)),
            Ok(_) => Ok(None),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the view is broken"
                );
                Ok(None)
            }
        }
    }

    /// A new build that has applied nothing yet.
    pub(crate) fn fresh(&self, stamp: &Stamp) -> Result<Generation, StoreError> {
        let number = self
            .builds()?
            .into_iter()
            .map(|(number, _)| number)
            .max()
            .unwrap_or(0)
            + 1;
        let build = self.open(
            self.folder
                .join(format!("{number:06}.{}", self.engine.name())),
        )?;
        let mut changes = Changes::default();
        changes.put(key::stamp(), stamp.to_bytes());
        changes.put(key::position(), Position::START.to_bytes());
        build.view()?.apply(changes)?;
        Ok(build)
    }

    /// Removes all builds but one.
    pub(crate) fn keep_only(&self, kept: Option<&Generation>) -> Result<(), StoreError> {
        for (_, dir) in self.builds()? {
            if kept.is_none_or(|kept| kept.dir != dir) {
                fs::remove_dir_all(dir)?;
            }
        }
        Ok(())
    }

    fn open(&self, dir: PathBuf) -> Result<Generation, StoreError> {
        let view = self.engine.open(&dir, self.cache_bytes)?;
        Ok(Generation {
            view: Some(view),
            dir,
            retired: AtomicBool::new(false),
        })
    }

    fn builds(&self) -> Result<Vec<(u64, PathBuf)>, StoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut builds = Vec::new();
        for entry in entries {
            let dir = entry?.path();
            let number = dir.file_stem().and_then(|name| name.to_str());
            if let Some(number) = number.and_then(|name| name.parse().ok()) {
                builds.push((number, dir));
            }
        }
        Ok(builds)
    }
}
