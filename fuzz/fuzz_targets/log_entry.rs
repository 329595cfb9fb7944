//! Any bytes as an entry, a tree, a checkpoint, a verifier's key or position.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ward_log::fuzz::log_entry(bytes));
