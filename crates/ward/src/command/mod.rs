//! One file a command.

pub(crate) mod coverage;
pub(crate) mod demo;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod progress;
pub(crate) mod serve;
pub(crate) mod view;
