//! What can go wrong in the store.

use std::error::Error;

use ward_core::ResourceKey;

/// The cause below the store, kept for the server's own log and never shown to a caller.
pub type Source = Box<dyn Error + Send + Sync + 'static>;

/// Why the store did not do what was asked. No text here names a patient.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A write expected another version than the newest. Nothing of its batch was written.
    #[error("the resource is not at the expected version")]
    Conflict {
        /// The resource that did not fit.
        resource: ResourceKey,
        /// Its newest version; none where it never existed.
        current: Option<u64>,
    },
    /// The batch can't be written as it is; the text says what is wrong with it.
    #[error("the batch is not acceptable: {0}")]
    Invalid(&'static str),
    /// The batch is larger than [`crate::limits`] allow.
    #[error("the batch is too large")]
    TooLarge,
    /// The query would look at more postings than [`crate::limits`] allow: narrow it.
    #[error("the query is too costly")]
    TooCostly,
    /// No version lies at the row asked for.
    #[error("there is no version at this row")]
    NoSuchVersion,
    /// A value read from one organisation was to be disclosed, or opened, by another.
    #[error("the value is of another organisation")]
    ForeignOrganisation,
    /// Another process holds the store's lock.
    #[error("the store is in use by another process")]
    InUse,
    /// This process has the organisation open already.
    #[error("the organisation is open already")]
    AlreadyOpen,
    /// The organisation was created before.
    #[error("the organisation exists already")]
    Exists,
    /// The organisation was never created in this store.
    #[error("the store does not hold this organisation")]
    NoSuchOrganisation,
    /// The view is being rebuilt from the log; reads that need it must come again.
    #[error("the view is being rebuilt")]
    Rebuilding,
    /// A commit of the log failed, so that what the disk holds is not known for certain. Nothing
    /// more is written until the store is opened again and reads what is really there.
    #[error("the log refuses writes until it is opened again: an earlier commit failed")]
    Refusing,
    /// The organisation's writer has ended.
    #[error("the organisation is closed")]
    Closed,
    /// A file holds what Ward did not write. The text names the file and no content of it.
    #[error("{0}")]
    Corrupt(&'static str),
    /// The log's file can't be read or written.
    #[error("the log's file failed")]
    Log(#[source] Source),
    /// The view can't be read or written.
    #[error("the view failed")]
    View(#[source] Source),
    /// The salts' file can't be read or written.
    #[error("the salts' file failed")]
    Salts(#[source] Source),
    /// A directory, lock or thread can't be had.
    #[error("the store's directory failed")]
    Io(#[from] std::io::Error),
    /// An entry, body or salt can't be opened with the organisation's keys.
    #[error("an envelope can't be opened")]
    Sealed(#[source] Source),
    /// An entry's bytes can't be decoded, or a checkpoint's text can't be read.
    #[error("an entry can't be decoded")]
    Entry(#[source] Source),
}

impl StoreError {
    pub(crate) fn log(source: rusqlite::Error) -> Self {
        Self::Log(source.into())
    }

    pub(crate) fn salts(source: rusqlite::Error) -> Self {
        Self::Salts(source.into())
    }

    pub(crate) fn view(source: impl Into<Source>) -> Self {
        Self::View(source.into())
    }
}
