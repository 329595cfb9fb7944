//! What can go wrong at the door.

use ward_fhir::{Issue, IssueCode, ParseError};
use ward_store::StoreError;

/// Why the door did not do what was asked. No text here names a person, or tells whether one exists.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such resource; or there is, and this account may not know.
    #[error("there is no such resource for this account")]
    NotFound,
    /// The resource was deleted; only those who may read it learn so.
    #[error("the resource is deleted")]
    Gone,
    /// The account may not do this to any such resource, whatever there is.
    #[error("the account may not do this")]
    Refused,
    /// Somebody else changed the resource at the same time, or two entries of one bundle name it.
    #[error("the resource was changed by somebody else")]
    Conflict,
    /// `If-Match` names another version than the current one.
    #[error("the resource is at another version")]
    PreconditionFailed,
    /// A conditional request matched more than one resource.
    #[error("the condition matches more than one resource")]
    MultipleMatches,
    /// The input is wrong: all that was found, with its places.
    #[error("the input is not valid")]
    Invalid(Vec<Issue>),
    /// The resource or bundle is larger than the limits allow.
    #[error("the resource is too large")]
    TooLarge,
    /// The search would open too many records; the text says how to narrow it.
    #[error("the search is too costly: {0}")]
    TooCostly(&'static str),
    /// A record is not opened in an emergency, or not reviewed: why.
    #[error("not possible: {0}")]
    Emergency(&'static str),
    /// A paging link that is forged, expired, or another account's.
    #[error("the link does not work any more")]
    BadLink,
    /// An entry of a transaction failed, and nothing of it was stored.
    #[error("entry {index} of the bundle failed")]
    Entry {
        /// Its place in `Bundle.entry`, from 0.
        index: usize,
        /// What failed.
        #[source]
        error: Box<Error>,
    },
    /// The store can't serve at this moment: it is closing, or rebuilding its view.
    #[error("the store is not ready")]
    Unavailable(#[source] StoreError),
    /// The store failed, or holds what it should not.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// A stored record can't be opened or read: its patient's salt was destroyed, or it is damaged.
    #[error("a stored record can't be opened")]
    Unreadable,
}

impl Error {
    /// A single thing that is wrong with the input.
    pub(crate) fn invalid(
        code: IssueCode,
        expression: impl Into<String>,
        diagnostics: &'static str,
    ) -> Self {
        Self::Invalid(vec![Issue::error(code, expression, diagnostics)])
    }

    /// The failure of an entry of a bundle.
    pub(crate) fn at(self, index: usize) -> Self {
        Self::Entry {
            index,
            error: Box::new(self),
        }
    }
}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::Invalid(vec![error.into()])
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Conflict,
            StoreError::TooLarge => Self::TooLarge,
            StoreError::TooCostly => Self::TooCostly(crate::search::NARROW),
            StoreError::Rebuilding | StoreError::Closed | StoreError::Refusing => {
                Self::Unavailable(error)
            }
            other => Self::Store(other),
        }
    }
}
