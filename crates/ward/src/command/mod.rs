//! One file a command.

pub(crate) mod account;
pub(crate) mod coverage;
pub(crate) mod demo;
mod first;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod login;
mod named;
pub(crate) mod policy;
pub(crate) mod progress;
pub(crate) mod recovery;
pub(crate) mod registered;
pub(crate) mod serve;
pub(crate) mod session;
pub(crate) mod table;
pub(crate) mod view;
