//! Creating and opening the log's file.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use ward_crypto::OrganisationKeys;
use ward_log::{Hash, Tree};

use super::Appender;
use crate::{
    StoreError,
    checkpoint::{self, Signer},
};

/// Three bodies of the usual 2 KB fit a page; a disclosure alone rewrites only one.
const PAGE_BYTES: u32 = 8192;
/// Pages that the write-ahead log gathers before they are copied into the file: the last page is
/// written again at each commit, and copied once.
const CHECKPOINT_PAGES: u32 = 4_000;

/// Nobody else writes to a log; whoever holds it this long makes the store refuse.
const PATIENCE: Duration = Duration::from_secs(1);

/// Creates an empty log: whole, or not at all.
pub(crate) fn create(file: &Path) -> Result<(), StoreError> {
    let new = file.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(StoreError::Io(error)),
        _ => {}
    }
    create_tables(&new)?;
    // Unlike a rename, a link takes the place of nothing.
    fs::hard_link(&new, file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => StoreError::Exists,
        _ => StoreError::Io(error),
    })?;
    fs::remove_file(&new).map_err(StoreError::Io)
}

fn create_tables(file: &Path) -> Result<(), StoreError> {
    let connection = Connection::open(file).map_err(StoreError::log)?;
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {PAGE_BYTES};
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             BEGIN;
             CREATE TABLE entries(
                 seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL, sealed BLOB NOT NULL) STRICT;
             CREATE TABLE checkpoints(size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
             CREATE TABLE trees(size INTEGER PRIMARY KEY, tree BLOB NOT NULL) STRICT;
             COMMIT;"
        ))
        .map_err(StoreError::log)?;
    // What is in the write-ahead log is then in the file.
    connection
        .close()
        .map_err(|(_, error)| StoreError::log(error))?;
    File::open(file)?.sync_all()?;
    Ok(())
}

/// Opens a log to append to it, at the head that its last checkpoint signed.
pub(crate) fn open(file: &Path, keys: &OrganisationKeys) -> Result<Appender, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(StoreError::log)?;
    connection.busy_timeout(PATIENCE).map_err(StoreError::log)?;
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
             PRAGMA trusted_schema = OFF;"
        ))
        .map_err(StoreError::log)?;
    let (tree, leaf) = tree(&connection).map_err(StoreError::log)??;
    let note = latest_note(&connection).map_err(StoreError::log)?;
    check_head(&tree, note.as_deref(), keys)?;
    Ok(Appender::new(
        connection,
        Signer::new(keys)?,
        tree,
        leaf,
        note,
    ))
}

/// The tree of all entries, from the last stored edge on, and the last entry's leaf.
fn tree(connection: &Connection) -> rusqlite::Result<Result<(Tree, Option<Hash>), StoreError>> {
    const MALFORMED: StoreError = StoreError::Corrupt("the log holds a malformed tree or leaf");
    let stored: Option<Vec<u8>> = connection
        .query_row(
            "SELECT tree FROM trees ORDER BY size DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()?;
    let mut tree = match stored.map(|bytes| Tree::from_bytes(&bytes)) {
        None => Tree::new(),
        Some(Ok(tree)) => tree,
        Some(Err(_)) => return Ok(Err(MALFORMED)),
    };
    let mut last = None;
    // One row early, for the last entry's leaf even where no entry follows the edge.
    let from = tree.size().saturating_sub(1);
    let mut select =
        connection.prepare("SELECT seq, leaf FROM entries WHERE seq >= ?1 ORDER BY seq")?;
    let mut rows = select.query([from])?;
    while let Some(row) = rows.next()? {
        let seq: u64 = row.get(0)?;
        let Ok(leaf) = row.get_ref(1)?.as_blob()?.try_into() else {
            return Ok(Err(MALFORMED));
        };
        if seq == tree.size() {
            tree.append(Hash(leaf));
        } else if seq > tree.size() {
            return Ok(Err(StoreError::Corrupt("the log misses an entry")));
        }
        last = Some(Hash(leaf));
    }
    if tree.size() > 0 && last.is_none() {
        return Ok(Err(StoreError::Corrupt("the log misses its last entry")));
    }
    Ok(Ok((tree, last)))
}

fn latest_note(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection
        .query_row(
            "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
}

/// Entries and checkpoint are of one transaction: a head that is not as signed was not torn by a
/// crash, it was changed, and nothing may be signed on top of it.
fn check_head(tree: &Tree, note: Option<&str>, keys: &OrganisationKeys) -> Result<(), StoreError> {
    let Some(note) = note else {
        return if tree.size() == 0 { Ok(()) } else { Err(HEAD) };
    };
    if checkpoint::fits(keys, note, tree)? {
        Ok(())
    } else {
        Err(HEAD)
    }
}

const HEAD: StoreError =
    StoreError::Corrupt("the head of the log is not as it was signed: run `ward log verify`");
