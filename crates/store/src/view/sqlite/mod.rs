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
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}
