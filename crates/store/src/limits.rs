//! The store's own limits, with their reasons. Those of requests are in [`ward_core::limits`].

use ward_core::limits as core;

/// Operations of one batch: a whole transaction, with a disclosure and an account's state beside.
pub const BATCH_OPERATIONS: usize = core::BUNDLE_ENTRIES + 100;
/// Bytes of one batch: a largest body after sealing, and its index rows.
pub const BATCH_BYTES: usize = 4 * core::BODY_BYTES;
/// Postings of one resource: the largest published examples have some hundreds, a group two for
/// each of its [`PATIENTS`].
pub const TOKENS: usize = 25_000;
/// Relationships that one resource may make: a care team of a whole trust.
pub const RELATIONS: usize = 10_000;
/// Patients that one resource may be part of the record of: a group's register.
pub const PATIENTS: usize = 10_000;
/// Length of a state's key, in bytes.
pub const STATE_KEY_BYTES: usize = 512;

/// Bytes of batches that wait for the writer, before callers wait themselves.
pub const QUEUE_BYTES: usize = 128 * 1024 * 1024;
/// Batches that one commit of the log takes: bounds how long the first of them waits.
pub const GROUP_BATCHES: usize = 1_000;
/// Bytes that one commit of the log takes, unless a single batch has more.
pub const GROUP_BYTES: usize = 16 * 1024 * 1024;
/// Index rows of disclosures that wait in memory to be applied to the view together.
pub const WAITING_ROWS: usize = 10_000;

/// Alternatives of one group of a query, and groups of a query.
pub const QUERY_TOKENS: usize = 2_000;
/// Postings that one query may look at, before it is refused as too costly: about a second.
pub const QUERY_POSTINGS: u64 = 4_000_000;
/// Rows that a query gives at once: the most candidates that a search may open.
pub const QUERY_ROWS: usize = core::SEARCH_CANDIDATES;
/// Entries that one page of disclosures gives.
pub const DISCLOSURES_PAGE: usize = 1_000;

/// Entries read at once to verify the log or to rebuild the view, and their bytes: bounds memory.
pub const CHUNK_ENTRIES: usize = 2_000;
/// See [`CHUNK_ENTRIES`].
pub const CHUNK_BYTES: usize = 16 * 1024 * 1024;
/// A sealed entry: a largest body with its envelope. A reader refuses a longer row unread.
pub const ENTRY_BYTES: usize = 2 * core::BODY_BYTES;
