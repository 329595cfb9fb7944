//! The commands, as an operator types them: the real binary, a real folder.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]

mod browser;
mod client;
mod import;
mod keys;
mod locks;
mod log;
mod operator;

use std::{fs, path::Path};

use serde_json::json;

use crate::operator::Operator;

#[test]
fn init_makes_a_ward_shows_no_link_and_overwrites_nothing() {
    let operator = Operator::new();
    let said = operator.says(&["init", "--organisation", "WRD01:Larkfield", "--unsealed"]);
    assert!(
        said.contains("ward serve") && !said.contains("/enrol/"),
        "{said}"
    );
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
