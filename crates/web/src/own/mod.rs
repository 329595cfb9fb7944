//! One's own account: who one is, how one signs in, and what changed of late.

pub(crate) mod account;
pub(crate) mod apps;
pub(crate) mod notices;
pub(crate) mod passkey;
mod passkey_page;
pub(crate) mod password;
pub(crate) mod recovery;

#[cfg(test)]
pub(crate) use passkey_page::{AddPasskey, OnePasskey};
