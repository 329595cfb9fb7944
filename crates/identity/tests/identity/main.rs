//! Identity as a whole, on a real store: each sentence is something that an attacker or a person
//! does.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod accounts;
mod command_line;
mod devices;
mod enrolment;
mod federation;
mod floods;
mod own_factors;
mod passkeys;
mod passwords;
mod provider;
mod recovery;
mod restart;
mod services;
mod sessions;
mod silence;
mod step_up;
mod world;

/// What must not compile: each file is a way around the proof.
#[test]
fn no_code_makes_copies_stores_or_reads_an_assured() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
