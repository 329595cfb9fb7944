//! The organisation's own policy: written by one person, proved, put in force by another, and what
//! was before.

mod changes;
pub(crate) mod list;
mod list_page;
pub(crate) mod show;
mod show_page;
pub(crate) mod steps;
mod words;
pub(crate) mod write;
mod write_page;

#[cfg(test)]
pub(crate) use {list_page::PolicyList, show_page::ShowPolicy, write_page::WritePolicy};
