//! `cargo xtask test`: everything that CI runs, in the order in which failures are cheapest.

use std::{path::Path, time::Instant};

use crate::command::{cargo, check, program, root};

/// A step's name, and what it does.
type Step = (&'static str, fn() -> Result<(), String>);

/// Runs every check; stops at the first that fails.
pub(crate) fn run() -> Result<(), String> {
    let steps: [Step; 10] = [
        ("format", || {
            check(cargo().args(["fmt", "--all", "--check"]))
        }),
        ("tidy", crate::tidy::run),
        ("set up", crate::setup::tests),
        ("tables of R4", crate::fhir_tables::check),
        ("clippy", || {
            check(cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]))
        }),
        ("build", || {
            check(cargo().args(["test", "--workspace", "--no-run"]))
        }),
        ("tests", || check(cargo().args(["test", "--workspace"]))),
        ("published examples", || {
            check(cargo().args(["test", "--package", "ward-fhir", "--", "--ignored"]))
        }),
        ("coverage", || crate::coverage::run(&[])),
        ("browser journeys", journeys),
    ];
    for (name, step) in steps {
        eprintln!("== {name}");
        let began = now();
        step().map_err(|why| format!("{name}: {why}"))?;
        eprintln!("== {name}: {:.0} s", began.elapsed().as_secs_f32());
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "says how long a step took, decides nothing"
)]
fn now() -> Instant {
    Instant::now()
}

fn journeys() -> Result<(), String> {
    // The tests of the `ward` crate have built the binary with the features of the whole workspace.
    let browser = crate::setup::browser()?;
    let mut files: Vec<String> = std::fs::read_dir(root().join("web/tests"))
        .map_err(|error| format!("web/tests: {error}"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "mjs"))
        .filter(|name| name.contains(".test."))
        .map(|name| format!("tests/{name}"))
        .collect();
    files.sort();
    check(
        program("node")
            .current_dir(root().join("web"))
            .env("CHROMIUM", browser)
            .args(["--test", "--test-concurrency=1"])
            .args(files),
    )
}
