//! The store's own limits, with their reasons. Those of requests are in [`ward_core::limits`].
