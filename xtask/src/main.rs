//! The project's own commands: `cargo xtask help` lists them.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks"
)]

mod bench;
mod command;
mod coverage;
mod demo;
mod fhir_tables;
mod mutants;
mod setup;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo [--people N] [--port P] [--dir D] [--json]
    builds Ward, seeds two organisations with N people each (1,000), serves https://localhost:P (8443)
cargo xtask test
    everything that CI runs: format, tidy, clippy, all tests, the browser journeys
cargo xtask bench [--people N] [--seconds S] [--connections C] [--json]
    loads a release build over TLS with every lock on, beside its baselines
cargo xtask coverage [--json] [--report FILE]
    asks a fresh demo by every route, with every kind of credential, and proves its policies
cargo xtask mutants [--only NAME] [--json]
    sabotages the gate in a copy of the tree, in many small ways: the adversary suite must see each
cargo xtask tidy
    floors, forbidden dependencies, licences, and the rules that no compiler checks
cargo xtask setup
    fetches what the build takes from npm and PyPI; demo and test call it themselves
cargo xtask fhir-tables DIR
    derives crates/fhir/tables from the unpacked npm package of the R4 definitions";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let result = match arguments.first().map(String::as_str) {
        Some("demo") => demo::run(rest),
        Some("coverage") => coverage::run(rest),
        Some("bench") => bench::run(rest),
        Some("mutants") => mutants::run(rest),
        Some("test") => test::run(),
        Some("tidy") => tidy::run(),
        Some("fhir-tables") => match rest {
            [folder] => fhir_tables::run(std::path::Path::new(folder)),
            _ => Err("say where the package is: cargo xtask fhir-tables DIR".into()),
        },
        Some("setup") => setup::tests(),
        Some("help" | "--help") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("no command `{other}`\n{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}
