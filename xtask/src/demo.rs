//! `cargo xtask demo`: build, then hand over to `ward demo`.

use std::process::Stdio;

use crate::command::{cargo, check, program, root};

/// Builds the binary and runs `ward demo` with the arguments given.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    crate::setup::pages()?;
    eprintln!("building Ward (the first build takes some minutes)");
    check(
        cargo()
            .args(["build", "--package", "ward"])
            .stdout(Stdio::null()),
    )?;
    let binary = root().join("target/debug/ward");
    check(
        program(&binary.to_string_lossy())
            .arg("demo")
            .args(arguments),
    )
}
