//! What was ever written is read forever.
//!
//! A fixture is never edited. New variants and fields make a fixture beside it, by
//! `UPDATE_EXPECT=1 cargo test -p ward-log --test whole formats`.

use data_encoding::HEXLOWER;
use expect_test::expect_file;
use ward_log::Entry;

use crate::sample;

#[test]
fn what_this_version_writes_is_format_1() {
    let lines = sample::of_each_kind();
    let lines = lines
        .iter()
        .map(|entry| HEXLOWER.encode(&entry.encode()) + "\n");
    expect_file!["../fixtures/format-1.txt"].assert_eq(&lines.collect::<String>());
}

#[test]
fn every_entry_of_format_1_is_read() {
    let lines = include_str!("../fixtures/format-1.txt").lines();
    let entries = lines.map(|line| Entry::decode(&HEXLOWER.decode(line.as_bytes()).unwrap()));
    let entries: Vec<_> = entries.collect::<Result<_, _>>().unwrap();
    assert!(entries == sample::of_each_kind());
}
