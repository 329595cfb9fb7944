//! `cargo xtask coverage`: a fresh demo, credentials of every kind, and `ward coverage` with them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use crate::command::{cargo, check, program, root};

/// People of each organisation: enough to have somebody to find.
const PEOPLE: &str = "20";

/// A demo that ends with this.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Builds, serves, gets the credentials and hands over to `ward coverage` with the arguments given.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    crate::setup::pages()?;
    eprintln!("building Ward (the first build takes some minutes)");
    let what = ["build", "--package", "ward", "--bin", "ward"];
    let people = ["--example", "coverage_people"];
    check(cargo().args(what).args(people).stdout(Stdio::null()))?;
    let ward = root().join("target/debug/ward").display().to_string();
    let people = root().join("target/debug/examples/coverage_people");

    let dir = std::env::temp_dir().join(format!("ward-coverage-{}", std::process::id()));
    make_private(&dir)?;
    let result = (|| {
        let (_demo, line) = demo(&ward)?;
        let told = dir.join("demo.json");
        fs::write(&told, line).map_err(|error| format!("{}: {error}", told.display()))?;
        eprintln!("enrolling people of two organisations, with a software authenticator");
        check(
            program(&people.display().to_string())
                .arg(&told)
                .arg(&dir)
                .stdout(Stdio::null()),
        )?;
        let mut coverage = program(&ward);
        coverage.args(["coverage", "--credentials"]).arg(&dir);
        check(coverage.args(arguments))
    })();
    let _ = fs::remove_dir_all(&dir);
    result
}

/// Starts a demo on a free port, and waits until it tells that it is ready.
fn demo(ward: &str) -> Result<(Demo, String), String> {
    let mut command = program(ward);
    command.args(["demo", "--json", "--port", "0", "--people", PEOPLE]);
    command.args(["--set", "log.filter=error"]);
    let started = command.stdout(Stdio::piped()).spawn();
    let mut demo = Demo(started.map_err(|error| format!("ward demo: {error}"))?);
    let out = demo.0.stdout.take().ok_or("ward demo: no output")?;
    let mut line = String::new();
    let read = BufReader::new(out).read_line(&mut line);
    match read {
        Ok(bytes) if bytes > 0 => Ok((demo, line)),
        _ => Err("ward demo did not start".into()),
    }
}

/// A new folder that only its owner may look into.
fn make_private(dir: &std::path::Path) -> Result<(), String> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
        .map_err(|error| format!("{}: {error}", dir.display()))
}
