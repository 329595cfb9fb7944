//! What comes out of the door.

use ward_core::{ResourceKey, Timestamp};
use ward_fhir::Resource;
use ward_log::WriteMethod;

use crate::{Error, limits};

/// A version of a resource, disclosed.
#[derive(Clone)]
pub struct Version {
    /// Which resource.
    pub key: ResourceKey,
    /// Which version, from 1: `meta.versionId`, and the `ETag` `W/"version"`.
    pub version: u64,
    /// When it was written: `meta.lastUpdated`.
    pub last_updated: Timestamp,
    /// How it came to be. Only a history shows a [`WriteMethod::Delete`].
    pub method: WriteMethod,
    /// The resource as compact JSON, `id` and `meta` included. Empty for a delete.
    pub body: Vec<u8>,
}

impl Version {
    /// The resource, to look into.
    ///
    /// # Errors
    /// [`Error::Unreadable`] where the stored body is no resource, as that of a delete.
    pub fn resource(&self) -> Result<Resource, Error> {
        Resource::parse(&self.body, &limits::STORED).map_err(|_| Error::Unreadable)
    }

    /// That a resource was deleted is told as all of it is: written down first.
    pub(crate) const fn is_deleted(&self) -> bool {
        matches!(self.method, WriteMethod::Delete)
    }

    pub(crate) fn unless_deleted(self) -> Result<Self, Error> {
        match self.method {
            WriteMethod::Delete => Err(Error::Gone),
            WriteMethod::Create | WriteMethod::Update => Ok(self),
        }
    }
}

impl std::fmt::Debug for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Version({}/_, {})",
            self.key.resource_type(),
            self.version
        )
    }
}

/// Versions of one resource, newest first.
#[derive(Debug, Clone)]
pub struct Versions {
    /// Those of this page.
    pub versions: Vec<Version>,
    /// How many there are in all, where this page has them all: how many there are in a record that
    /// the account may not see is not told.
    pub total: Option<usize>,
    /// The link of the page after it, opaque and for this account alone. `None` on the last.
    pub next: Option<String>,
}

/// What a write came to.
#[derive(Debug, Clone)]
pub struct Written {
    /// The version that is current now.
    pub version: Version,
    /// Whether the resource did not exist before, or was deleted: status 201.
    pub created: bool,
    /// Whether nothing had to be written: a conditional create that found its resource, or an
    /// update that changes nothing and was asked to leave it then.
    pub unchanged: bool,
}

/// A page of a search.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The matches, in order.
    pub matches: Vec<Version>,
    /// What `_include` brought beside them, each once.
    pub included: Vec<Version>,
    /// The link of this page, opaque and for this account alone: it says what was searched without
    /// showing it.
    pub this: String,
    /// The next page's link, of the same kind. `None` on the last.
    pub next: Option<String>,
    /// How many match in all, where that is known.
    pub total: Option<usize>,
}

/// The outcome of one entry of a batch or transaction, in the order of the request.
#[derive(Debug)]
pub enum EntryOutcome {
    /// A POST or PUT.
    Written(Written),
    /// A DELETE; the version that ended it, where there was something to delete.
    Deleted(Option<u64>),
    /// A GET of one resource.
    Read(Version),
    /// A GET of a search.
    Searched(Page),
    /// In a batch alone: the entry failed, and the others did not.
    Failed(Error),
}
