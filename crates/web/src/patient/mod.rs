//! Patients: find one, read the record, see who looked at it.

mod banner;
mod contact;
pub(crate) mod find;
mod item;
mod record;
pub(crate) mod search;
mod search_page;
pub(crate) mod show;
mod show_page;
pub(crate) mod who_looked;
mod who_looked_page;
mod words;

#[cfg(test)]
pub(crate) use {search_page::SearchPage, show_page::ShowPage, who_looked_page::WhoLookedPage};
