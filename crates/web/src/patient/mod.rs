//! Patients: find one, read the record, see who looked at it.

mod banner;
mod item;
pub(crate) mod search_page;
pub(crate) mod show_page;
pub(crate) mod who_looked_page;
