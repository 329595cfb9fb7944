//! Any bytes as an envelope, and as a share of a quorum.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ward_crypto::fuzz::envelope(bytes));
