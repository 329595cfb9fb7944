//! Signing in.

pub(crate) mod page;
