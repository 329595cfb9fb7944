//! The log and its view: sealed entries, postings, ranges; one Batch.
