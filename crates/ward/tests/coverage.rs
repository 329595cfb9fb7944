//! `ward coverage`, as an operator types it.
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::Value;

fn coverage(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ward"))
        .current_dir(folder.path())
        .arg("coverage")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_table_says_what_policy_allows_at_most_and_opens_no_data() {
    let folder = tempfile::tempdir().unwrap();
    let output = coverage(&folder, &["--table"]);
    assert!(output.status.success());
    let said = text(output.stdout);
    let table = include_str!("../../access/who-may-do-what.txt");
    let (_, table) = table.split_once("\n\n").unwrap();
    assert!(said.contains(table.trim_end()), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_policies_are_proved_claim_by_claim() {
    let folder = tempfile::tempdir().unwrap();
    let output = coverage(&folder, &["--prove", "--json"]);
    assert!(output.status.success(), "{}", text(output.stderr));
    let lines: Vec<Value> = text(output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (summary, lines) = lines.split_last().unwrap();
    assert_eq!(
        (&summary["proved"], &summary["asked"]),
        (&true.into(), &lines.len().into())
    );
    assert!(lines.iter().all(|line| line["outcome"] == "holds"));
    assert!(
        lines
            .iter()
            .any(|line| line["claim"] == "two-factors" && line["action"] == "read")
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_policy_that_is_not_proved_ends_with_1_and_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let prove = |policy: &str| {
        fs::write(folder.path().join("own.cedar"), policy).unwrap();
        let output = coverage(
            &folder,
            &[
                "--prove",
                "--policy",
                "own.cedar",
                "--organisation",
                "WRD01",
            ],
        );
        (
            output.status.code(),
            text(output.stdout) + &text(output.stderr),
        )
    };
    let (code, said) = prove(r#"@id("shut") forbid (principal, action, resource);"#);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("An administrator of WRD01 could not do `manage-policy`"),
        "{said}"
    );
    let (code, said) = prove("\npermit (principal");
    assert_eq!(code, Some(1));
    assert!(said.contains("own.cedar: line 2: "), "{said}");
    let (code, said) =
        prove(r#"@id("no-deletion") forbid (principal, action == Action::"delete", resource);"#);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn without_a_solver_nothing_is_proved_and_it_is_said_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let output = coverage(&folder, &["--set", "proof.solver=/nowhere/cvc5", "--prove"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(output.stderr);
    assert!(said.contains("install cvc5"), "{said}");
}
