//! A session that goes on, and one that ends.

pub(crate) mod page;
