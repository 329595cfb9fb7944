//! The rows of the view: what they are called, what they hold, and how an entry changes them.

mod indexer;
pub(crate) mod key;
pub(crate) mod value;

pub(crate) use indexer::{Indexer, RELATION, WriteRow, count_from_bytes, hour};
pub(crate) use value::{Head, Stamp};
