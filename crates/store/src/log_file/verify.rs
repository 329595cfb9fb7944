//! Reading a log's file from outside: offline or beside a running server, without keys.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use ward_log::{Fault, FirstBad, Hash, StoredEntry, Verified, Verifier};

use super::FILE;
use crate::{StoreError, limits};

/// Notes are read up to this length: the verifier refuses longer ones.
const NOTE_BYTES: usize = 64 * 1024;

/// A log's file, opened to be read only. It need not be one that Ward wrote.
pub struct LogReader {
    connection: Connection,
}

/// Where a check of a log that may still grow ends.
#[derive(Clone, Copy)]
struct End {
    entries: i64,
    checkpoints: i64,
}

/// An entry as the file has it. What does not fit is left empty, and no leaf is that of it.
struct Row {
    seq: i64,
    leaf: Option<Hash>,
    sealed: Option<Vec<u8>>,
}

impl LogReader {
    /// Opens a log: its file, or the directory of its organisation.
    ///
    /// # Errors
    /// Where it is no log, or can't be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = if path.is_dir() {
            path.join(FILE)
        } else {
            path.to_path_buf()
        };
        let connection = connect(&file)?;
        connection
            .execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")
            .map_err(StoreError::log)?;
        // A view or virtual table in place of a table could run code of the file's writer.
        let tables: i64 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0
                 AND name IN ('entries', 'checkpoints')",
                [],
                |row| row.get(0),
            )
            .map_err(StoreError::log)?;
        if tables == 2 {
            Ok(Self { connection })
        } else {
            Err(StoreError::Corrupt("the file is not a log"))
        }
    }

    /// One more than the highest place of an entry; 0 of none.
    pub fn held(&self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.end().map_err(StoreError::log)?.entries).unwrap_or(0))
    }

    /// The latest stored checkpoint, whoever signed it.
    pub fn latest_checkpoint(&self) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row(
                "SELECT note FROM checkpoints WHERE length(note) <= ?1
                 ORDER BY size DESC LIMIT 1",
                [NOTE_BYTES],
                |row| row.get(0),
            )
            .optional()
            .map_err(StoreError::log)
    }

    /// Checks all that the verifier has not seen yet, in bounded memory. `progress` is told how
    /// many entries are checked and how many there are.
    ///
    /// The outer error is of the file; the inner one names the first bad entry.
    pub fn verify(
        &self,
        mut verifier: Verifier,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Result<Verified, FirstBad>, StoreError> {
        let end = self.end().map_err(StoreError::log)?;
        let total = u64::try_from(end.entries).unwrap_or(0);
        loop {
            let from = verifier.size();
            let more = match self.step(&mut verifier, end) {
                Ok(more) => more.map_err(StoreError::log)?,
                Err(bad) => return Ok(Err(bad)),
            };
            progress(verifier.size(), total);
            if !more || verifier.size() == from {
                return Ok(verifier.finish());
            }
        }
    }

    /// Feeds a chunk of entries and the checkpoints among them; whether there may be more.
    fn step(&self, verifier: &mut Verifier, end: End) -> Result<rusqlite::Result<bool>, FirstBad> {
        let from = i64::try_from(verifier.size()).unwrap_or(i64::MAX);
        let rows = match self.rows(from, end) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let more = !rows.is_empty();
        let until = rows
            .last()
            .map_or(end.checkpoints, |last| last.seq.saturating_add(1));
        let notes = match self.notes(from, until.min(end.checkpoints)) {
            Ok(notes) => notes,
            Err(error) => return Ok(Err(error)),
        };
        let mut notes = notes.into_iter().peekable();
        for row in &rows {
            while let Some((size, note)) = notes.next_if(|(size, _)| *size <= row.seq) {
                checkpoint(verifier, size, &note)?;
            }
            feed(verifier, row)?;
        }
        for (size, note) in notes {
            checkpoint(verifier, size, &note)?;
        }
        Ok(Ok(more))
    }

    /// The end of entries and of checkpoints in one state of the file.
    fn end(&self) -> rusqlite::Result<End> {
        self.connection.query_row(
            "SELECT (SELECT ifnull(max(seq), -1) FROM entries),
                    (SELECT ifnull(max(size), 0) FROM checkpoints)",
            [],
            |row| {
                Ok(End {
                    entries: row.get::<_, i64>(0)?.saturating_add(1),
                    checkpoints: row.get(1)?,
                })
            },
        )
    }

    fn rows(&self, from: i64, end: End) -> rusqlite::Result<Vec<Row>> {
        let mut select = self.connection.prepare_cached(
            "SELECT seq, leaf, CASE WHEN length(sealed) <= ?3 THEN sealed END
             FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq LIMIT ?4",
        )?;
        // What stands before the first place is found when the first place is read.
        let from = if from == 0 { i64::MIN } else { from };
        let mut rows = select.query(params![
            from,
            end.entries,
            limits::ENTRY_BYTES,
            limits::CHUNK_ENTRIES
        ])?;
        let (mut chunk, mut size) = (Vec::new(), 0);
        while size < limits::CHUNK_BYTES {
            let Some(row) = rows.next()? else { break };
            let leaf = row.get_ref(1)?.as_blob().ok();
            let sealed = row.get_ref(2)?.as_blob().ok().map(<[u8]>::to_vec);
            size += sealed.as_ref().map_or(0, Vec::len);
            let leaf = leaf.and_then(|leaf| leaf.try_into().ok()).map(Hash);
            chunk.push(Row {
                seq: row.get(0)?,
                leaf,
                sealed,
            });
        }
        Ok(chunk)
    }

    /// The checkpoints of more than `from` entries and at most `until`. The first check begins with
    /// those of no entry.
    fn notes(&self, from: i64, until: i64) -> rusqlite::Result<Vec<(i64, String)>> {
        let mut select = self.connection.prepare_cached(
            "SELECT size, CASE WHEN length(note) <= ?3 THEN note ELSE '' END
             FROM checkpoints WHERE size > ?1 AND size <= ?2 ORDER BY size LIMIT ?4",
        )?;
        let from = if from == 0 { i64::MIN } else { from };
        let limit = limits::CHUNK_ENTRIES + 1;
        let notes = select.query_map(params![from, until, NOTE_BYTES, limit], |row| {
            Ok((
                row.get(0)?,
                row.get_ref(1)?.as_str().unwrap_or_default().to_owned(),
            ))
        })?;
        notes.collect()
    }
}

fn feed(verifier: &mut Verifier, row: &Row) -> Result<(), FirstBad> {
    let Ok(seq) = u64::try_from(row.seq) else {
        return Err(verifier.bad(0, Fault::OutOfOrder));
    };
    let (Some(leaf), Some(sealed)) = (row.leaf, &row.sealed) else {
        return Err(verifier.bad(seq, Fault::Edited));
    };
    verifier.feed(&StoredEntry { seq, leaf, sealed })
}

/// No checkpoint is signed for a size that is no size.
fn checkpoint(verifier: &mut Verifier, size: i64, note: &str) -> Result<(), FirstBad> {
    verifier.checkpoint(u64::try_from(size).unwrap_or(u64::MAX), note)
}

/// Without a write-ahead log beside it the file is complete and is read as it lies, which needs no
/// right to write anywhere. With one, SQLite reads both.
fn connect(file: &Path) -> Result<Connection, StoreError> {
    let mut wal = PathBuf::from(file).into_os_string();
    wal.push("-wal");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let has_wal = std::fs::metadata(wal).is_ok_and(|wal| wal.len() > 0);
    if has_wal {
        return Connection::open_with_flags(file, flags).map_err(StoreError::log);
    }
    let flags = flags | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(immutable(file)?, flags).map_err(StoreError::log)
}

/// The path as a `file:` URI (RFC 3986 2.1), which is where SQLite takes `immutable` from.
fn immutable(file: &Path) -> Result<String, StoreError> {
    use std::fmt::Write;

    let file = std::path::absolute(file)?;
    let mut uri = String::from("file://");
    for byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                uri.push(char::from(*byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri.push_str("?immutable=1");
    Ok(uri)
}
