//! `ward log`.

use std::fs;

use serde_json::{Value, json};

use crate::operator::{Operator, patient};

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

/// The latest checkpoint that a log holds, as a witness keeps it.
fn checkpoint(operator: &Operator, data: &str, kept: &str) {
    let log = rusqlite::Connection::open(operator.path(data).join("WRD01/log.db")).unwrap();
    let newest = "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1";
    let note: String = log.query_row(newest, [], |row| row.get(0)).unwrap();
    fs::write(operator.path(kept), note).unwrap();
}

fn import_into(operator: &Operator, data: &str, id: &str) {
    let (file, folder) = (format!("{id}.json"), format!("data.dir={data}"));
    fs::write(operator.path(&file), patient(id).to_string()).unwrap();
    operator.says(&["--set", &folder, "import", "--organisation", "WRD01", &file]);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

fn json_of(said: &str) -> Value {
    serde_json::from_str(said).unwrap()
}

#[test]
fn a_checkpoint_kept_elsewhere_is_compared_though_an_earlier_check_got_further() {
    let operator = Operator::with_a_ward();
    import_into(&operator, "ward-data", "a");
    // Whoever holds the organisation's key can write the log anew: here, from a copy of the folder.
    copy(&operator.path("ward-data"), &operator.path("true-data"));
    import_into(&operator, "true-data", "b");
    checkpoint(&operator, "true-data", "witnessed");
    import_into(&operator, "ward-data", "c");
    checkpoint(&operator, "ward-data", "own");
    import_into(&operator, "ward-data", "d");
    operator.says(&["log", "verify"]);
    let told = operator.refuses(&["log", "verify", "--checkpoint", "witnessed"]);
    assert!(told.contains("was rewritten"), "{told}");
    let said = operator.says(&["log", "verify", "--checkpoint", "own", "--json"]);
    let said = json_of(&said);
    assert_eq!(said["checked"], said["entries"]);
    assert!(said["compared_checkpoint"].as_u64() < said["entries"].as_u64());
    let said = operator.says(&["log", "verify", "--checkpoint", "own"]);
    assert!(said.contains("those of the checkpoint given"), "{said}");
}

#[test]
fn a_check_from_the_start_still_finds_a_log_cut_short_since_the_last_one() {
    let operator = Operator::with_a_ward();
    import_into(&operator, "ward-data", "a");
    checkpoint(&operator, "ward-data", "early");
    copy(&operator.path("ward-data"), &operator.path("old-data"));
    import_into(&operator, "ward-data", "b");
    operator.says(&["log", "verify"]);
    let log = |data: &str| operator.path(data).join("WRD01/log.db");
    fs::copy(log("old-data"), log("ward-data")).unwrap();
    for more in [&["--from-start"][..], &["--checkpoint", "early"]] {
        let told = operator.refuses(&[&["log", "verify"], more].concat());
        assert!(told.contains("the log ends here"), "{more:?}: {told}");
    }
}

#[test]
fn an_auditor_keeps_a_position_and_reads_what_was_added_alone() {
    let operator = Operator::with_a_ward();
    import_into(&operator, "ward-data", "a");
    let key = operator.says(&["log", "key", "--organisation", "WRD01"]);
    fs::write(operator.path("key"), key).unwrap();
    let verify = |more: &[&str]| {
        let log = ["log", "verify", "--log", "ward-data/WRD01", "--key", "key"];
        json_of(&operator.says(&[&log[..], &["--position", "mine", "--json"], more].concat()))
    };
    let first = verify(&[]);
    assert_eq!(first["checked"], first["entries"]);
    checkpoint(&operator, "ward-data", "early");
    import_into(&operator, "ward-data", "b");
    let added = verify(&[]);
    assert!(added["checked"].as_u64() < added["entries"].as_u64());
    assert_eq!(verify(&[])["checked"], json!(0));
    // One of where the position is can be compared; one of before it wants all to be read.
    checkpoint(&operator, "ward-data", "late");
    assert_eq!(verify(&["--checkpoint", "late"])["checked"], json!(0));
    assert_eq!(
        verify(&["--checkpoint", "early"])["checked"],
        added["entries"]
    );
}

#[test]
fn a_checkpoint_or_a_position_is_of_one_log() {
    let operator = Operator::new();
    let two = ["--organisation", "WRD01:A", "--organisation", "WRD02:B"];
    operator.says(&[&["init", "--unsealed"], &two[..]].concat());
    checkpoint(&operator, "ward-data", "kept");
    for option in [["--checkpoint", "kept"], ["--position", "mine"]] {
        let told = operator.refuses(&[&["log", "verify"], &option[..]].concat());
        assert!(told.contains("--organisation"), "{told}");
        operator.says(&[&["log", "verify", "--organisation", "WRD01"], &option[..]].concat());
    }
    let told = operator.refuses(&[
        "log",
        "verify",
        "--organisation",
        "WRD02",
        "--position",
        "mine",
    ]);
    assert!(told.contains("of another log"), "{told}");
}
