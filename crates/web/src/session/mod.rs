//! A session that goes on, and one that ends.

pub(crate) mod live;
pub(crate) mod sign_out;
pub(crate) mod signed_out;
pub(crate) mod stay;
