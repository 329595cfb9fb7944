//! `cargo xtask bench`: a release build of Ward under load, beside its baselines.

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
    )
}
