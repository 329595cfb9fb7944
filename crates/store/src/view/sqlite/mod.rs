//! The view in SQLite, a B-tree.

mod apply;
mod open;
mod read;

use std::path::PathBuf;

use parking_lot::Mutex;
use rusqlite::Connection;

/// One table holds every row. It has one writing connection and a pool of reading ones.
pub(super) struct Sqlite {
    file: PathBuf,
    cache_bytes: u64,
    readers: Mutex<Vec<Connection>>,
    /// Dropped last: the last connection copies the write-ahead log into the file, which a reading
    /// one may not.
    writer: Mutex<Connection>,
}
