//! Enrolling the first factors, by a one-time link. It ends with signing in with them.

pub(crate) mod enrolled;
mod page;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod provider;
mod qr;
pub(crate) mod show;

#[cfg(test)]
pub(crate) use page::{AppPage, Choose};
pub(crate) use password::app_page;
