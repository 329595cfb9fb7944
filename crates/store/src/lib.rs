//! The log and its view: sealed entries, postings, ranges; one Batch.
mod error;
pub mod limits;
pub mod view;
pub use error::StoreError;
