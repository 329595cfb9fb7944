//! An interruption: prove it is you, and go on where you were.

mod ask;
pub(crate) mod go_on;
mod page;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod provider;

pub(crate) use ask::{Wanted, ask, ask_or_refuse};
#[cfg(test)]
pub(crate) use page::{GoOn, Prove};
