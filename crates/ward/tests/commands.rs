//! The commands, as an operator types them: the real binary, a real folder.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

struct Operator {
    folder: tempfile::TempDir,
}

impl Operator {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn ward(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ward"))
            .current_dir(self.folder.path())
            .env_clear()
            .args(arguments)
            .output()
            .unwrap()
    }

    /// What a command prints that must succeed.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.ward(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says that must fail.
    fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.ward(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeded");
        String::from_utf8(output.stderr).unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn with_a_ward() -> Self {
        let operator = Self::new();
        operator.says(&["init", "--organisation", "WRD01:Larkfield", "--unsealed"]);
        operator
    }

    fn import(&self, name: &str, text: &str) -> Value {
        fs::write(self.path(name), text).unwrap();
        let report = self.says(&["import", "--organisation", "WRD01", "--json", name]);
        serde_json::from_str(&report).unwrap()
    }
}

fn patient(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Example"}]})
}

#[test]
fn init_gives_the_first_administrator_a_link_and_overwrites_nothing() {
    let operator = Operator::new();
    let said = operator.says(&["init", "--organisation", "WRD01:Larkfield", "--unsealed"]);
    assert!(said.contains("https://localhost:8443/enrol/"), "{said}");
    let told = operator.refuses(&["init", "--organisation", "WRD01:Larkfield", "--unsealed"]);
    assert!(told.contains("holds a Ward already"), "{told}");
}

#[test]
fn init_wants_to_know_how_the_root_key_is_sealed() {
    let operator = Operator::new();
    let told = operator.refuses(&["init", "--organisation", "WRD01:Larkfield"]);
    assert!(told.contains("--quorum K/N"), "{told}");
    assert!(!operator.path("ward-data").exists());
}

#[test]
fn a_quorum_of_operators_opens_the_root_key_and_fewer_do_not() {
    let operator = Operator::new();
    operator.says(&[
        "init",
        "--organisation",
        "WRD01:Larkfield",
        "--quorum",
        "2/3",
        "--shares-dir",
        "shares",
    ]);
    let share = |number: u8| {
        fs::read_to_string(operator.path(&format!("shares/share-{number}.txt"))).unwrap()
    };
    let with = |text: String| {
        fs::write(operator.path("given"), text).unwrap();
        operator.ward(&[
            "--set",
            "key.shares=given",
            "view",
            "rebuild",
            "--organisation",
            "WRD01",
        ])
    };
    assert!(!with(share(1)).status.success());
    assert!(with(format!("{}{}", share(3), share(1))).status.success());
}

#[test]
fn what_is_good_goes_in_and_what_is_bad_is_kept_aside_with_its_place() {
    let operator = Operator::with_a_ward();
    let bad = json!({"resourceType": "Patient", "id": "b", "gender": "unheard-of"});
    let lines = format!("{}\n{bad}\n{{\"torn\": \n{}\n", patient("a"), patient("c"));
    let report = operator.import("people.ndjson", &lines);
    assert_eq!(
        (&report["created"], &report["refused"]),
        (&json!(2), &json!(2))
    );
    let problems = report["problems"].to_string();
    assert!(
        problems.contains("people.ndjson:2") && problems.contains("Patient.gender"),
        "{problems}"
    );
    assert!(problems.contains("people.ndjson:3"), "{problems}");
    assert!(!problems.contains("unheard-of"), "{problems}");
    let aside = fs::read_to_string(operator.path("ward-refused/people.ndjson")).unwrap();
    assert_eq!(aside.lines().count(), 2);
    let again = operator.import("people.ndjson", &lines);
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
}

#[test]
fn the_log_verifies_and_an_edited_entry_is_named() {
    let operator = Operator::with_a_ward();
    operator.import(
        "people.ndjson",
        &format!("{}\n{}\n", patient("a"), patient("b")),
    );
    operator.says(&["log", "verify"]);
    let log = rusqlite::Connection::open(operator.path("ward-data/WRD01/log.db")).unwrap();
    log.execute("UPDATE entries SET sealed = x'00' WHERE seq = 1", [])
        .unwrap();
    drop(log);
    let told = operator.refuses(&["log", "verify", "--from-start"]);
    assert!(told.contains("entry 1:"), "{told}");
}

#[test]
fn a_log_verifies_elsewhere_with_its_public_key_alone() {
    let operator = Operator::with_a_ward();
    operator.import("people.ndjson", &patient("a").to_string());
    fs::write(
        operator.path("key"),
        operator.says(&["log", "key", "--organisation", "WRD01"]),
    )
    .unwrap();
    fs::copy(
        operator.path("ward-data/WRD01/log.db"),
        operator.path("copy.db"),
    )
    .unwrap();
    let said = operator.says(&[
        "log", "verify", "--log", "copy.db", "--key", "key", "--json",
    ]);
    assert!(said.contains("\"verified\":true"), "{said}");
}

#[test]
fn keys_rotate_and_everything_still_opens() {
    let operator = Operator::with_a_ward();
    operator.import("people.ndjson", &patient("a").to_string());
    operator.says(&["key", "rotate", "--unsealed"]);
    operator.says(&["key", "rotate", "--organisation", "WRD01"]);
    let status = operator.says(&["key", "status"]);
    assert!(
        status.contains("keys 1, 2; seals with 2") && status.contains("NOT SEALED"),
        "{status}"
    );
    let again = operator.import("people.ndjson", &patient("a").to_string());
    assert_eq!(again["unchanged"], json!(1));
    operator.import("people.ndjson", &patient("b").to_string());
    operator.says(&["view", "rebuild", "--organisation", "WRD01"]);
    operator.says(&["log", "verify", "--from-start"]);
}

#[test]
fn the_disk_shows_nobody() {
    let operator = Operator::with_a_ward();
    let name = "Quetzalcoatlson";
    let person =
        json!({"resourceType": "Patient", "id": "distinct-id-77", "name": [{"family": name}]});
    operator.import("person.ndjson", &person.to_string());
    assert!(!holds(&operator.path("ward-data"), name.as_bytes()));
    assert!(!holds(&operator.path("ward-data"), b"distinct-id-77"));
}

/// Whether any file below a folder holds some bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        fs::read(&path)
            .unwrap()
            .windows(bytes.len())
            .any(|window| window == bytes)
    })
}

#[test]
fn the_configuration_is_shown_with_its_sources_and_without_secrets() {
    let operator = Operator::new();
    fs::write(
        operator.path("ward.toml"),
        "[key]\npassphrase = \"a long secret passphrase\"\n",
    )
    .unwrap();
    let said = operator.says(&["config", "check"]);
    assert!(
        said.contains("ward.toml") && said.contains("(hidden)"),
        "{said}"
    );
    assert!(!said.contains("secret passphrase"), "{said}");
}
