//! What an app asks of a person: for whom, to do what, for how long; and the answer.

pub(crate) mod decide;
mod page;
pub(crate) mod patient;
mod picker;
pub(crate) mod scopes;
pub(crate) mod show;

#[cfg(test)]
pub(crate) use {page::ConsentPage, picker::PickerPage};
