//! The salts of patients, outside the log: destroying one erases its patient everywhere.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
};

use parking_lot::Mutex;
use quick_cache::sync::Cache;
use rusqlite::{Connection, OptionalExtension};
use ward_core::Random;
use ward_crypto::{OrganisationKeys, Salt, Token};

use crate::StoreError;

/// The file's name in an organisation's directory.
const FILE: &str = "salts.db";
/// Opened salts kept in memory.
const CACHED: usize = 50_000;

/// The salts' file: `salts(token, sealed)`.
pub(crate) struct Salts {
    keys: OrganisationKeys,
    connection: Mutex<Connection>,
    opened: Cache<Token, Salt>,
}

pub(crate) fn file(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// Creates the file, empty.
pub(crate) fn create(file: &Path) -> Result<(), StoreError> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(file)?;
    connect(file)
        .and_then(|connection| {
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS salts(
                     token BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID, STRICT;",
            )
        })
        .map_err(StoreError::salts)
}

/// A rollback journal, not a write-ahead log, and zeroed pages: what is deleted is gone.
fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
    )?;
    Ok(connection)
}

impl Salts {
    pub(crate) fn open(file: &Path, keys: OrganisationKeys) -> Result<Self, StoreError> {
        let connection = connect(file).map_err(StoreError::salts)?;
        Ok(Self {
            keys,
            connection: Mutex::new(connection),
            opened: Cache::new(CACHED),
        })
    }

    /// The salt of a patient.
    pub(crate) fn get(&self, subject: &Token) -> Result<Option<Salt>, StoreError> {
        if let Some(salt) = self.opened.get(subject) {
            return Ok(Some(salt));
        }
        let sealed: Option<Vec<u8>> = self
            .connection
            .lock()
            .prepare_cached("SELECT sealed FROM salts WHERE token = ?1")
            .and_then(|mut select| select.query_row([subject.0], |row| row.get(0)).optional())
            .map_err(StoreError::salts)?;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let salt = self
            .keys
            .open_salt(subject, &sealed)
            .map_err(|error| StoreError::Sealed(error.into()))?;
        self.opened.insert(*subject, salt.clone());
        Ok(Some(salt))
    }

    /// Makes the salts that are not there yet. When this returns they are on the disk.
    pub(crate) fn ensure(&self, subjects: &[Token], random: &dyn Random) -> Result<(), StoreError> {
        let mut missing = Vec::new();
        for subject in subjects {
            if self.get(subject)?.is_none() {
                let salt = Salt::random(random);
                let sealed = self.keys.seal_salt(subject, &salt, random);
                missing.push((subject, sealed));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection.lock();
        let transaction = connection.transaction().map_err(StoreError::salts)?;
        for (subject, sealed) in missing {
            transaction
                .prepare_cached(
                    "INSERT INTO salts(token, sealed) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )
                .and_then(|mut insert| insert.execute((subject.0, sealed)))
                .map_err(StoreError::salts)?;
        }
        transaction.commit().map_err(StoreError::salts)
    }
}
