//! `ward log`.

use std::fs;

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
