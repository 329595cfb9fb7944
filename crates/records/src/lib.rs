//! The one door to patient data: read, search, write, transaction, history.
//!
//! ```text
//! Assured -> Records::door -> locate -> relationships -> Grant -> Undisclosed -> disclosed -> T
//! ```
//!
//! A [`Door`] is one account's way in, for one request. Whatever comes out of it was granted by
//! `ward-access` and is durable in the log; whatever is refused is in the log, too, and looks like
//! something that does not exist.

mod because;
mod break_glass;
mod budget;
mod bundle;
mod door;
mod error;
mod import;
mod limits;
mod marks;
mod people;
mod projector;
mod read;
mod records;
mod relate;
mod scope;
mod search;
mod summary;
mod version;
mod views;
mod who_looked;
mod write;

pub use break_glass::{BrokenGlass, Review};
pub use bundle::version_of_etag;
pub use door::Door;
pub use error::Error;
pub use import::{Imported, RefusedImport, Since, WarnedImport};
pub use projector::RecordProjector;
pub use records::Records;
pub use search::{Search, query_pairs};
pub use version::{EntryOutcome, Page, Version, Versions, Written};
pub use views::{Because, Looked, LookedPage, People, Person, Section, SectionKind, Summary};
