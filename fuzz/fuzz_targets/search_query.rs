//! Any text as the parameters of a search: parse, terms, match.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ward_fhir::search::fuzz::query(bytes));
