//! Patients: find one, read the record, see who looked at it.

mod banner;
pub(crate) mod break_glass;
mod contact;
pub(crate) mod find;
mod item;
pub(crate) mod open_app;
mod record;
pub(crate) mod search;
mod search_page;
pub(crate) mod show;
mod show_page;
pub(crate) mod who_looked;
mod who_looked_page;
mod words;

pub(crate) use {
    banner::Banner,
    find::{Asked, asked_for},
    search::found_by,
    search_page::SearchPage,
};
#[cfg(test)]
pub(crate) use {break_glass::BreakGlass, show_page::ShowPage, who_looked_page::WhoLookedPage};
