//! The organisation's services: proposed by one, approved by another, shut out and let in.

pub(crate) mod add;
mod add_page;
pub(crate) mod show;
mod show_page;
pub(crate) mod standing;

#[cfg(test)]
pub(crate) use {add_page::AddService, show_page::ShowService};
