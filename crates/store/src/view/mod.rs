//! The view's storage: one ordered map of bytes, changed atomically, behind [`View`].
//!
//! An engine knows nothing of records. It keeps keys in the order of their bytes, applies a set
//! of changes whole or not at all, and answers reads from a state that does not move under the
//! reader. It need not survive a power cut with its newest changes, because the log does; what it
//! must never do is to come back with half of a set.

mod changes;
#[cfg(test)]
mod contract;
mod fjall;
mod sqlite;

use std::{ops::ControlFlow, panic::catch_unwind, path::Path, str::FromStr};

pub use changes::Changes;

use crate::StoreError;

/// An ordered map of bytes to bytes, of keys of 1 to 200 bytes.
pub trait View: Send + Sync {
    /// A state to read from that later changes do not reach.
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, StoreError>;

    /// Makes all of the changes, or none. Afterwards every new snapshot holds them.
    ///
    /// # Errors
    /// After an error the view counts as broken: it is thrown away and built again.
    fn apply(&self, changes: Changes) -> Result<(), StoreError>;
}

/// What a scan shows each row to; it breaks to end the scan.
pub type Visit<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// One state of a view.
pub trait Snapshot {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The greatest key of `from..to`.
    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows the rows of `from..to` in order of their keys until `visit` breaks.
    fn scan(&self, from: &[u8], to: &[u8], visit: Visit<'_>) -> Result<(), StoreError>;
}

/// Which engine keeps the view. Chosen by measurement: docs/adr/0001-view-engine.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// A log-structured merge tree.
    #[default]
    Fjall,
    /// A B-tree.
    Sqlite,
}

impl Engine {
    /// Every engine, for tests and measurements.
    pub const ALL: [Self; 2] = [Self::Fjall, Self::Sqlite];

    /// The engine's name in configuration and in the view's directory.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fjall => "fjall",
            Self::Sqlite => "sqlite",
        }
    }

    /// Opens the view in a directory of its own, or creates it there, empty.
    ///
    /// # Errors
    /// Where the engine finds its files broken.
    pub fn open(self, dir: &Path, cache_bytes: u64) -> Result<Box<dyn View>, StoreError> {
        std::fs::create_dir_all(dir)?;
        match self {
            // Garbage in a journal's header trips an assertion in fjall 3.1: to Ward it is one more
            // broken view.
            Self::Fjall => catch_unwind(|| fjall::Fjall::open(dir, cache_bytes))
                .unwrap_or_else(|_| Err(StoreError::view("fjall panicked on its files")))
                .map(|view| Box::new(view) as Box<dyn View>),
            Self::Sqlite => Ok(Box::new(sqlite::Sqlite::open(dir, cache_bytes)?)),
        }
    }
}

impl FromStr for Engine {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.name() == text)
            .ok_or(StoreError::Invalid(
                "the view's engine is neither fjall nor sqlite",
            ))
    }
}
