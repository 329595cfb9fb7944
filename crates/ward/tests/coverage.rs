//! `ward coverage`, as an operator types it.
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    fs,
    process::{Command, Output},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::Value;
use ward_core::AccountId;
use ward_log::{Statement, VerifierKey};

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

#[test]
fn a_signed_report_is_checked_offline_and_holds_only_as_it_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public = pair.public_key().as_ref().try_into().unwrap();
    let key = VerifierKey::new("ward/WRD01", public).unwrap();
    let other = VerifierKey::new("ward/WRD01", [9; 32]).unwrap();
    let signed = |text: &str| {
        let statement = Statement {
            origin: "ward/WRD01".into(),
            about: "coverage".into(),
            by: AccountId::from_bytes([7; 16]),
            at: "2026-11-24T04:20:00.000Z".parse().unwrap(),
            text: text.into(),
        };
        let sign = |text: &[u8]| pair.sign(text).as_ref().try_into().unwrap();
        statement.sign(&key, sign).unwrap()
    };
    let whole = signed(r#"{"probes":9,"let_in":0,"covered":true,"open":[]}"#);
    let open = signed(r#"{"probes":9,"let_in":1,"covered":false,"open":["1 was let in"]}"#);
    for (note, key, code, said) in [
        (&whole, &key, 0, "that of 9 questions 0 were let in"),
        (&open, &key, 1, "open: 1 was let in"),
        (&open.replace("false", "true"), &key, 1, "error: "),
        (&whole, &other, 1, "error: "),
    ] {
        fs::write(folder.path().join("report.note"), note).unwrap();
        fs::write(folder.path().join("keys"), format!("{key}\n")).unwrap();
        let output = coverage(&folder, &["--verify", "report.note", "--key", "keys"]);
        assert_eq!(output.status.code(), Some(code), "{note}");
        let told = text(output.stdout) + &text(output.stderr);
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn without_credentials_nothing_is_asked_and_it_is_said_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dir = format!("client.dir={}", folder.path().display());
    let output = coverage(&folder, &["--set", &dir]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(output.stderr);
    assert!(said.contains("ward login"), "{said}");
}
