//! A server serves no more connections than it may open files.
#![cfg(unix)]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use serde_json::Value;

/// What a demo logs as its limits, started after a command of the shell.
fn limits_after(command: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("{command} && exec \"$0\" demo --people 1 --port 0 --json --dir demo");
    let mut demo = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_ward")])
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    let told = BufReader::new(demo.stdout.take().unwrap()).read_line(&mut ready);
    demo.kill().unwrap();
    demo.wait().unwrap();
    let mut log = String::new();
    let read = demo.stderr.take().unwrap().read_to_string(&mut log);
    assert!(
        told.is_ok() && read.is_ok() && ready.starts_with('{'),
        "{log}"
    );
    let line = log.lines().find(|line| line.contains("limits in force"));
    let line: Value = serde_json::from_str(line.unwrap()).unwrap();
    line["fields"].clone()
}

#[test]
fn the_soft_limit_on_open_files_is_raised_and_the_hard_one_kept_to() {
    let raised = limits_after("ulimit -Sn 300 && ulimit -Hn 2000");
    assert_eq!(
        (&raised["open_files"], &raised["connections"]),
        (&2000.into(), &1000.into())
    );
    let narrow = limits_after("ulimit -n 400");
    assert_eq!(
        (&narrow["open_files"], &narrow["connections"]),
        (&400.into(), &200.into())
    );
}
