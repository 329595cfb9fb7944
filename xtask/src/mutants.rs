//! `cargo xtask mutants`: does the adversary suite see a gate that was sabotaged?
//!
//! `xtask/mutants.toml` lists small sabotages. Each is made in a copy of the tree, never in this
//! one, and the suite is run there: what stays green was not seen. A sabotage that does not compile
//! says nothing, and fails the run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};

use serde_json::json;
use toml::{Table, Value};

use crate::command::{cargo, output, program, root};

/// The suite that must see each.
const SUITE: [&str; 5] = ["test", "--package", "ward", "--test", "adversary"];
const LIST: &str = "xtask/mutants.toml";
/// Seconds after which a run is stopped: a gate that hangs was seen, too.
const PATIENCE: &str = "900";
/// What `timeout` answers when it stopped a run.
const STOPPED: i32 = 124;

struct Mutant {
    name: String,
    edits: Vec<Edit>,
}

struct Edit {
    file: String,
    before: String,
    after: String,
}

/// What the suite made of a mutant.
enum Outcome {
    /// Red, with the tests that failed.
    Seen(Vec<String>),
    Missed,
    /// It does not compile.
    Invalid(String),
}

/// Runs all of the list, or those whose name contains what follows `--only`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut only = None;
    let mut as_json = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--only" => only = Some(rest.next().ok_or("--only: which?")?),
            "--json" => as_json = true,
            other => return Err(format!("no option {other}: --only NAME, --json")),
        }
    }
    let mut mutants = list(&root())?;
    mutants.retain(|mutant| only.is_none_or(|part| mutant.name.contains(part.as_str())));
    if mutants.is_empty() {
        return Err("no mutant of that name".into());
    }
    let tree = copy()?;
    eprintln!("== the suite, as it is");
    match suite(&tree)? {
        Outcome::Missed => {}
        Outcome::Seen(tests) => {
            return Err(format!("the suite fails already: {}", tests.join(", ")));
        }
        Outcome::Invalid(why) => return Err(why),
    }
    let mut done = Vec::new();
    for (at, mutant) in mutants.iter().enumerate() {
        let began = now();
        let outcome = attempt(&tree, mutant)?;
        let took = began.elapsed().as_secs();
        let (word, more) = match &outcome {
            Outcome::Seen(tests) => ("seen", tests.join(", ")),
            Outcome::Missed => ("MISSED", String::new()),
            Outcome::Invalid(why) => ("INVALID", why.clone()),
        };
        eprintln!(
            "{:>2}/{} {word:<8}{took:>4} s  {}: {more}",
            at + 1,
            mutants.len(),
            mutant.name
        );
        done.push((mutant, outcome));
    }
    conclude(&done, as_json)
}

fn conclude(done: &[(&Mutant, Outcome)], as_json: bool) -> Result<(), String> {
    let seen = |outcome: &Outcome| matches!(outcome, Outcome::Seen(_));
    let score = done.iter().filter(|(_, outcome)| seen(outcome)).count();
    if as_json {
        let lines = done.iter().map(|(mutant, outcome)| match outcome {
            Outcome::Seen(tests) => {
                json!({"mutant": mutant.name, "outcome": "seen", "tests": tests})
            }
            Outcome::Missed => json!({"mutant": mutant.name, "outcome": "missed"}),
            Outcome::Invalid(why) => {
                json!({"mutant": mutant.name, "outcome": "invalid", "why": why})
            }
        });
        let lines: Vec<_> = lines.collect();
        println!(
            "{}",
            json!({"mutants": done.len(), "seen": score, "each": lines})
        );
    } else {
        println!("{score} of {} sabotages were seen", done.len());
    }
    if score == done.len() {
        Ok(())
    } else {
        Err("not every sabotage was seen by the suite".into())
    }
}

fn list(tree: &Path) -> Result<Vec<Mutant>, String> {
    let text = read(&tree.join(LIST))?;
    let table: Table = text.parse().map_err(|error| format!("{LIST}: {error}"))?;
    let strange = || format!("{LIST}: a mutant has a name and edits of file, before and after");
    let word = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let all = table
        .get("mutant")
        .and_then(Value::as_array)
        .ok_or_else(strange)?;
    all.iter()
        .map(|one| {
            let edits = one
                .get("edits")
                .and_then(Value::as_array)
                .ok_or_else(strange)?;
            let edit = |edit: &Value| {
                Some(Edit {
                    file: word(edit, "file")?,
                    before: word(edit, "before")?,
                    after: word(edit, "after")?,
                })
            };
            let edits: Option<Vec<Edit>> = edits.iter().map(edit).collect();
            Ok(Mutant {
                name: word(one, "name").ok_or_else(strange)?,
                edits: edits.ok_or_else(strange)?,
            })
        })
        .collect()
}

/// The files that git knows, beside our own artefacts: dependencies are compiled once more, and
/// once only.
fn copy() -> Result<PathBuf, String> {
    let tree = root().join("target/mutants");
    let files = output(program("git").args(["ls-files"]))?;
    for file in files.lines() {
        let (from, to) = (root().join(file), tree.join(file));
        let is_new = fs::read(&from).ok() != fs::read(&to).ok();
        if is_new {
            let folder = to.parent().ok_or("a file without a folder")?;
            let made = fs::create_dir_all(folder).and_then(|()| fs::copy(&from, &to).map(drop));
            made.map_err(|error| format!("{file}: {error}"))?;
        }
    }
    // What npm and PyPI gave, which the pages are built of.
    let vendor = tree.join("target");
    if !vendor.join("vendor").exists() {
        fs::create_dir_all(&vendor).map_err(|error| error.to_string())?;
        let from = root().join("target/vendor");
        crate::command::check(program("cp").arg("-r").arg(from).arg(&vendor))?;
    }
    Ok(tree)
}

/// Makes the edits, runs the suite, and puts back what was there.
fn attempt(tree: &Path, mutant: &Mutant) -> Result<Outcome, String> {
    let mut kept: Vec<(PathBuf, String)> = Vec::new();
    for edit in &mutant.edits {
        let path = tree.join(&edit.file);
        let text = read(&path)?;
        if text.matches(&edit.before).count() != 1 {
            return Err(format!("{}: {} has changed", mutant.name, edit.file));
        }
        write(&path, &text.replace(&edit.before, &edit.after))?;
        kept.push((path, text));
    }
    let outcome = suite(tree);
    // The last edit of a file first, so that what stood before all of them remains.
    for (path, text) in kept.iter().rev() {
        write(path, text)?;
    }
    outcome
}

fn suite(tree: &Path) -> Result<Outcome, String> {
    let built = run_in(tree, &["--no-run"])?;
    if !built.status.success() {
        let said = String::from_utf8_lossy(&built.stderr);
        let why = said.lines().find(|line| line.starts_with("error"));
        return Ok(Outcome::Invalid(why.unwrap_or("no reason").to_owned()));
    }
    let ran = run_in(tree, &[])?;
    if ran.status.success() {
        return Ok(Outcome::Missed);
    }
    let said = String::from_utf8_lossy(&ran.stdout);
    let failed = said.lines().filter_map(|line| {
        let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
        Some(name.rsplit("::").next().unwrap_or(name).to_owned())
    });
    let mut failed: Vec<String> = failed.collect();
    if ran.status.code() == Some(STOPPED) {
        failed.push("it never ended".to_owned());
    }
    Ok(Outcome::Seen(failed))
}

fn run_in(tree: &Path, more: &[&str]) -> Result<Output, String> {
    let mut command = Command::new("timeout");
    command
        .arg(PATIENCE)
        .arg(cargo().get_program())
        .args(SUITE)
        .args(more)
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", tree.join("target"));
    command.output().map_err(|error| format!("cargo: {error}"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "says how long a run took, decides nothing"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sabotage_still_finds_the_one_place_that_it_names() {
        let mutants = list(&root()).unwrap();
        assert!(mutants.len() >= 30, "{}", mutants.len());
        let mut names: Vec<_> = mutants.iter().map(|mutant| &mutant.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), mutants.len(), "two of one name");
        for mutant in &mutants {
            assert!(!mutant.edits.is_empty(), "{}", mutant.name);
            for edit in &mutant.edits {
                let text = read(&root().join(&edit.file)).unwrap();
                let found = text.matches(&edit.before).count();
                assert_eq!(found, 1, "{}: {}", mutant.name, edit.file);
                assert_ne!(edit.before, edit.after, "{}", mutant.name);
            }
        }
    }
}
