//! Any bytes as a FHIR resource: parse, validate, references, entries.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ward_fhir::fuzz::resource(bytes));
