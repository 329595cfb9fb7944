//! `cargo xtask bench`: a release build of Ward under load, beside its baselines; and what the gate
//! costs a request, beside the same request without it.

use std::process::Stdio;

use crate::command::{cargo, check, program, root};

/// Builds both in release and hands over to the load program with the arguments given.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    crate::setup::pages()?;
    eprintln!("building Ward for release (some minutes)");
    let packages = ["--package", "ward", "--package", "ward-bench"];
    check(
        cargo()
            .args(["build", "--release"])
            .args(packages)
            .stdout(Stdio::null()),
    )?;
    let folder = root().join("target/release");
    check(
        program(&folder.join("ward-bench").to_string_lossy())
            .arg(folder.join("ward"))
            .args(arguments),
    )?;
    // The handler without a gate is in a program of its own, that no build of Ward holds.
    let json = arguments.iter().filter(|argument| *argument == "--json");
    check(
        cargo()
            .args([
                "bench",
                "--quiet",
                "--package",
                "ward-http",
                "--bench",
                "gate",
                "--",
            ])
            .args(json),
    )
}
