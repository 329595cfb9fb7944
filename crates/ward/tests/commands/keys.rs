//! `ward key`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::json;

use crate::operator::{Operator, patient};

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

/// Every file that has to do with keys, and what it holds.
fn key_files(operator: &Operator) -> BTreeMap<PathBuf, Vec<u8>> {
    let data = operator.path("ward-data");
    ["", "WRD01", "WRD02"]
        .iter()
        .flat_map(|folder| fs::read_dir(data.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            ["key", "keys", "toml", "next", "commit"]
                .iter()
                .any(|end| path.extension().is_some_and(|found| found == *end))
        })
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// What a rotation leaves that was killed before its commit.
fn begin_a_rotation(operator: &Operator) {
    for place in ["root", "WRD01/organisation", "WRD02/organisation"] {
        let next = operator.path(&format!("ward-data/{place}.next"));
        fs::write(next, "prepared").unwrap();
    }
}

fn with_two_organisations() -> Operator {
    let operator = Operator::new();
    operator.says(&[
        "init",
        "--organisation",
        "WRD01:Larkfield",
        "--organisation",
        "WRD02:Brackenside",
        "--unsealed",
    ]);
    operator
}

#[test]
fn a_command_that_comes_in_the_midst_of_a_rotation_leaves_it_alone() {
    let operator = with_two_organisations();
    begin_a_rotation(&operator);
    let before = key_files(&operator);
    assert_eq!(
        before
            .keys()
            .filter(|path| path.ends_with("root.next"))
            .count(),
        1
    );
    operator.says(&["log", "verify"]);
    operator.says(&["log", "key", "--organisation", "WRD01"]);
    operator.says(&["key", "status"]);
    operator.says(&["view", "rebuild", "--organisation", "WRD01"]);
    operator.import("people.ndjson", &patient("a").to_string());
    assert!(key_files(&operator) == before);
}

#[test]
fn a_rotation_past_its_commit_counts_for_who_reads_and_is_ended_by_who_changes() {
    let operator = with_two_organisations();
    // As the rotation leaves its files between the commit and the first rename.
    let places = [
        ("root", "key"),
        ("WRD01/organisation", "toml"),
        ("WRD02/organisation", "toml"),
    ];
    let path = |place: &str, end: &str| operator.path(&format!("ward-data/{place}.{end}"));
    let old: Vec<Vec<u8>> = places
        .map(|(place, end)| fs::read(path(place, end)).unwrap())
        .into();
    operator.says(&["key", "rotate", "--unsealed"]);
    for ((place, end), old) in places.iter().zip(old) {
        fs::rename(path(place, end), path(place, "next")).unwrap();
        fs::write(path(place, end), old).unwrap();
    }
    fs::write(path("rotation", "commit"), "").unwrap();
    let before = key_files(&operator);
    let status = operator.says(&["key", "status"]);
    assert!(status.contains("was cut short"), "{status}");
    operator.import("people.ndjson", &patient("a").to_string());
    assert!(key_files(&operator) == before);
    operator.says(&["key", "seal", "--unsealed"]);
    assert!(!path("rotation", "commit").exists() && !path("root", "next").exists());
    let status = operator.says(&["key", "status"]);
    assert!(!status.contains("was cut short"), "{status}");
    let again = operator.import("people.ndjson", &patient("a").to_string());
    assert_eq!(again["unchanged"], json!(1));
}

#[test]
fn keys_are_changed_by_one_command_at_a_time_and_read_all_the_same() {
    let operator = with_two_organisations();
    let lock = fs::File::options()
        .create(true)
        .append(true)
        .open(operator.path("ward-data/keys.lock"))
        .unwrap();
    lock.lock().unwrap();
    let before = key_files(&operator);
    for change in [
        &["key", "rotate", "--unsealed"][..],
        &["key", "seal", "--unsealed"],
        &["key", "rotate", "--organisation", "WRD01"],
    ] {
        let told = operator.refuses(change);
        assert!(
            told.contains("another command is changing the keys"),
            "{told}"
        );
    }
    operator.says(&["key", "status"]);
    operator.says(&["log", "verify"]);
    assert!(key_files(&operator) == before);
    drop(lock);
    operator.says(&["key", "rotate", "--unsealed"]);
}

#[test]
fn commands_that_meet_rotations_leave_every_key() {
    let operator = with_two_organisations();
    operator.import("people.ndjson", &patient("a").to_string());
    std::thread::scope(|threads| {
        let rotating = threads.spawn(|| {
            for _ in 0..10 {
                operator.says(&["key", "rotate", "--unsealed"]);
            }
        });
        while !rotating.is_finished() {
            operator.says(&["key", "status"]);
            operator.says(&["log", "key", "--organisation", "WRD02"]);
        }
        rotating.join().unwrap();
    });
    let again = operator.import("people.ndjson", &patient("a").to_string());
    assert_eq!(again["unchanged"], json!(1));
    operator.says(&["view", "rebuild", "--organisation", "WRD02"]);
}
