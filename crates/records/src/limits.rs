//! This crate's own limits, with their reasons. Those of requests are in [`ward_core::limits`].

use std::time::Duration;

use ward_fhir::Limits;

/// A stored body is read with the limits of a whole bundle: what was accepted once stays readable.
pub(crate) const STORED: Limits = Limits::BODY;
/// Rows of each section of a patient's summary.
pub(crate) const SUMMARY_ROWS: usize = 25;
/// Candidates that one section of a summary opens.
pub(crate) const SUMMARY_CANDIDATES: usize = 500;
/// People whom a search from a page shows; more are told as too many (facts: PDS).
pub(crate) const PEOPLE: usize = 20;
/// Candidates that a search for people opens before it is told as too many.
pub(crate) const PEOPLE_CANDIDATES: usize = 400;
/// Lines of a page of who looked.
pub(crate) const LOOKED_PAGE: usize = 50;
/// Versions that a history gives at most, newest first.
pub(crate) const HISTORY: usize = 200;
/// Bytes of stored resources on one page of a search or a history; the rest are on the next.
pub(crate) const PAGE_BYTES: usize = 20 * 1024 * 1024;
/// Bytes of stored resources that one request is given in all: bounds memory.
pub(crate) const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// How long a care team that names no end makes relationships: it must be looked at once a year.
pub(crate) const CARE_TEAM: Duration = Duration::from_hours(365 * 24);
/// Patients with whom one account's relationships narrow a search; above, hits are sifted one by one.
pub(crate) const RELATED: usize = 1_000;
/// How often a write is tried again that somebody else was quicker than.
pub(crate) const RETRIES: usize = 5;
/// Resources looked at in one go, before other requests may use the thread: a few milliseconds.
pub(crate) const AT_A_TIME: usize = 256;
/// Resources that an import commits together: where a commit's cost is shared well.
pub(crate) const IMPORT_BATCH: usize = 500;
/// Bytes that an import commits together: bounds memory.
pub(crate) const IMPORT_BYTES: usize = 8 * 1024 * 1024;
