//! Entries and their bytes.

use std::time::Duration;

use minicbor::Encoder;
use proptest::{collection::vec, prelude::*, sample::Index};
use ward_log::{Entry, Event, LogError, fuzz};

use crate::sample::{any_entry, of_each_kind};

const MALFORMED: LogError = LogError::Malformed("entry");

/// The bytes of a sign-in at place 1, with what follows its fields given.
fn sign_in(fields: u64, more: impl FnOnce(&mut Encoder<Vec<u8>>)) -> Vec<u8> {
    let mut encoder = Encoder::new(vec![1]);
    encoder
        .array(fields)
        .unwrap()
        .u64(1)
        .unwrap()
        .i64(2)
        .unwrap();
    encoder.null().unwrap().null().unwrap();
    encoder.array(2).unwrap().u32(3).unwrap().array(0).unwrap();
    more(&mut encoder);
    encoder.into_writer()
}

#[test]
fn a_field_of_a_later_version_is_passed_over() {
    let known = Entry::decode(&sign_in(5, |_| ())).unwrap();
    assert!(known.event == Event::SignIn && known.seq == 1);
    let later = sign_in(7, |more| {
        more.str("later")
            .unwrap()
            .array(2)
            .unwrap()
            .u8(1)
            .unwrap()
            .bytes(b"more")
            .unwrap();
    });
    assert!(Entry::decode(&later) == Ok(known));
}

#[test]
fn a_kind_of_a_later_version_is_told_apart_from_nothing() {
    let mut bytes = sign_in(5, |_| ());
    let at = bytes.len() - 2;
    assert_eq!(bytes[at], 3);
    bytes[at] = 23;
    assert_eq!(Entry::decode(&bytes), Err(MALFORMED));
}

#[test]
fn another_format_is_named() {
    for format in [0, 2, 255] {
        assert_eq!(
            Entry::decode(&[format, 0]),
            Err(LogError::UnknownFormat(format))
        );
    }
    assert_eq!(Entry::decode(&[]), Err(MALFORMED));
    assert_eq!(Entry::decode(&[1]), Err(MALFORMED));
}

#[test]
fn an_announced_length_takes_no_memory_and_no_time() {
    // Arrays, maps, texts and bytes of 2^64 - 1, where the entry, its actor or its event should be;
    // and nesting as deep as the bytes allow.
    for major in [0x9b, 0xbb, 0x7b, 0x5b] {
        let huge = [&[major][..], &[0xff; 8]].concat();
        for before in [
            &[1][..],
            &[1, 0x85],
            &[1, 0x85, 1, 2, 0xf6],
            &[1, 0x85, 1, 2, 0xf6, 0xf6],
        ] {
            assert_eq!(Entry::decode(&[before, &huge].concat()), Err(MALFORMED));
        }
        // As a field to pass over.
        let later = sign_in(6, |more| more.writer_mut().extend_from_slice(&huge));
        assert_eq!(Entry::decode(&later), Err(MALFORMED));
    }
    for nest in [0x81, 0x9f, 0xa1, 0xbf, 0xc0, 0x5f, 0x7f] {
        let deep = vec![nest; 1_000_000];
        assert_eq!(Entry::decode(&[&[1], &deep[..]].concat()), Err(MALFORMED));
        let later = sign_in(6, |more| more.writer_mut().extend_from_slice(&deep));
        assert_eq!(Entry::decode(&later), Err(MALFORMED));
    }
}

#[test]
fn an_entry_shows_nobody_when_it_is_printed() {
    for mut entry in of_each_kind() {
        entry.time = entry.time + Duration::from_secs(1);
        let shown = format!("{entry:?}");
        for personal in [
            "a-1.B",
            "Patient/1",
            "CareTeam/7",
            "192.0.2.1",
            "account/02",
            "sealed",
        ] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
}

proptest! {
    #[test]
    fn an_entry_reads_back(entry in any_entry()) {
        let bytes = entry.encode();
        prop_assert!(Entry::decode(&bytes) == Ok(entry));
    }

    #[test]
    fn an_entry_cut_short_or_lengthened_is_refused(entry in any_entry(), cut in any::<Index>()) {
        let mut bytes = entry.encode();
        let cut = &bytes[..cut.index(bytes.len())];
        prop_assert!(Entry::decode(cut).is_err());
        bytes.push(0);
        prop_assert_eq!(Entry::decode(&bytes), Err(MALFORMED));
    }

    #[test]
    fn bent_entries_are_read_without_a_panic(
        entry in any_entry(),
        bends in vec((any::<Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = entry.encode();
        for (at, to) in bends {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        fuzz::log_entry(&bytes);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..300)) {
        fuzz::log_entry(&bytes);
        fuzz::log_entry(&[&[1], &bytes[..]].concat());
    }
}
