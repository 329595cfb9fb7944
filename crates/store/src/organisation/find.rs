//! Finding rows by tokens: an intersection of unions of postings.

use ward_crypto::Token;

use super::OrganisationStore;
use crate::{
    StoreError, limits,
    postings::{Intersection, Reading},
};

/// What to find: the current versions that have, of each group, at least one token.
#[derive(Debug, Clone)]
pub struct Query {
    /// All of these groups; in each, any of its tokens. None of them finds nothing.
    pub all: Vec<Vec<Token>>,
    /// Only rows after this one, in the order they are found: older ones.
    pub after: Option<u64>,
    /// Rows to find at most, and never more than [`limits::QUERY_ROWS`].
    pub limit: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Rows of the current versions, newest first.
    pub rows: Vec<u64>,
    /// Whether there are more after them.
    pub more: bool,
}

impl OrganisationStore {
    /// Finds the current versions that fit a query, newest first. Deleted resources have none.
    ///
    /// # Errors
    /// [`StoreError::TooCostly`] where it would look at more than
    /// [`limits::QUERY_POSTINGS`] postings.
    pub fn find(&self, query: &Query) -> Result<Found, StoreError> {
        if query.all.iter().map(Vec::len).sum::<usize>() > limits::QUERY_TOKENS {
            return Err(StoreError::TooCostly);
        }
        let limit = query.limit.min(limits::QUERY_ROWS);
        self.shared().read(|view| {
            let reading = Reading::new(view, limits::QUERY_POSTINGS);
            let mut rows = Vec::new();
            // Rows are inverted, so that the newest come first: the next older row is one more.
            let start = query.after.map_or(Some(0), |after| (!after).checked_add(1));
            let Some(start) = start else {
                return Ok(Found { rows, more: false });
            };
            let mut matches = Intersection::new(&reading, &query.all, start)?;
            while let Some(inverted) = matches.next()? {
                if rows.len() == limit {
                    return Ok(Found { rows, more: true });
                }
                rows.push(!inverted);
            }
            Ok(Found { rows, more: false })
        })
    }
}
