//! The log, as its readers and its attackers meet it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

mod attack;
mod disk;
mod entry;
mod formats;
mod note;
mod sample;
mod statement;
mod tree;
mod verify;
