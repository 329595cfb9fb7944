//! What one request may cost.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Error, limits, search::NARROW};

/// What one request has taken so far: a batch of searches costs no more than one search may.
#[derive(Default)]
pub(crate) struct Budget {
    candidates: AtomicUsize,
    bytes: AtomicUsize,
}

/// How to go on where the answer would be too large.
const LESS: &str = "the answer would be too large: ask for less at once, as with _count";

impl Budget {
    /// Counts a candidate of a search before it is opened.
    pub(crate) fn candidate(&self) -> Result<(), Error> {
        let before = self.candidates.fetch_add(1, Ordering::Relaxed);
        if before < ward_core::limits::SEARCH_CANDIDATES {
            Ok(())
        } else {
            Err(Error::TooCostly(NARROW))
        }
    }

    /// Counts what goes into the answer.
    pub(crate) fn give(&self, bytes: usize) -> Result<(), Error> {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before < limits::ANSWER_BYTES {
            Ok(())
        } else {
            Err(Error::TooCostly(LESS))
        }
    }
}
