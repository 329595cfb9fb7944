//! The store as its users see it, on both engines.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod broken;
mod crash;
mod formats;
mod kit;
mod reading;
mod verifying;
mod writing;
