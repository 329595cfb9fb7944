//! The baselines of the disk: the same rows into bare SQLite, and the same number of fsyncs.

use std::{io::Write as _, path::Path};

use rusqlite::{Connection, params};
use ward_core::{Clock as _, SystemClock};

use crate::{Error, cpu};

/// What one insertion or one sync costs, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) cpu_ms: f64,
    pub(crate) wall_ms: f64,
}

/// `rows` rows of `bytes` bytes with `index_rows` random index rows each, a transaction for every
/// `batch` of them, WAL with `synchronous=FULL`, no sealing and no tree.
pub(crate) fn bare_sqlite(
    dir: &Path,
    rows: usize,
    batch: usize,
    bytes: usize,
    index_rows: usize,
) -> Result<Cost, Error> {
    let mut connection = Connection::open(dir.join("rows.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE entries(seq INTEGER PRIMARY KEY, body BLOB) STRICT;
         CREATE TABLE postings(token BLOB, seq INTEGER, PRIMARY KEY(token, seq)) STRICT, WITHOUT ROWID;",
    )?;
    let body = vec![7_u8; bytes];
    let mut token = 1_u64;
    measure(rows, || {
        let mut done = 0;
        while done < rows {
            let transaction = connection.transaction()?;
            {
                let mut entry =
                    transaction.prepare_cached("INSERT INTO entries(body) VALUES (?1)")?;
                let mut posting =
                    transaction.prepare_cached("INSERT OR IGNORE INTO postings VALUES (?1, ?2)")?;
                for _ in 0..batch.min(rows - done) {
                    let seq = entry.insert(params![body])?;
                    for _ in 0..index_rows {
                        token = token
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1);
                        let mut key = [0; 16];
                        key.iter_mut()
                            .zip(token.to_be_bytes())
                            .for_each(|(place, byte)| *place = byte);
                        posting.execute(params![key, seq])?;
                    }
                }
            }
            transaction.commit()?;
            done += batch;
        }
        Ok(())
    })
}

/// `syncs` appends of 300 bytes, each with an fdatasync.
pub(crate) fn bare_fsync(dir: &Path, syncs: usize) -> Result<Cost, Error> {
    let mut file = std::fs::File::create(dir.join("appends"))?;
    measure(syncs, || {
        for _ in 0..syncs {
            file.write_all(&[7; 300])?;
            file.sync_data()?;
        }
        Ok(())
    })
}

fn measure(times: usize, work: impl FnOnce() -> Result<(), Error>) -> Result<Cost, Error> {
    let (began, used) = (SystemClock.now(), cpu::used_micros(std::process::id())?);
    work()?;
    let used = cpu::used_micros(std::process::id())? - used;
    let wall = SystemClock.now().since(began);
    #[expect(clippy::cast_precision_loss, reason = "a figure to print")]
    let of = |micros: f64| micros / 1_000.0 / times.max(1) as f64;
    #[expect(clippy::cast_precision_loss, reason = "a figure to print")]
    Ok(Cost {
        cpu_ms: of(used as f64),
        wall_ms: of(wall.as_micros() as f64),
    })
}
