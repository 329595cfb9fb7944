//! What the verifier says of honest logs, and where each kind of damage is found.

use ward_log::{Fault, FirstBad, NotHeld, StoredEntry, VerifiedPosition, Verifier};

use crate::disk::{Disk, Key, ORIGIN, checkpoint, row};

/// Which entry is named, and what is said of it.
fn found<T: std::fmt::Debug>(result: Result<T, FirstBad>) -> (u64, Fault) {
    let FirstBad { seq, fault, .. } = result.unwrap_err();
    (seq, fault)
}

fn keys() -> Vec<ward_log::VerifierKey> {
    vec![Key::own().verifier]
}

/// Commits of 3, 1, 4 and 2 entries: checkpoints at 3, 4, 8 and 10.
fn disk() -> Disk {
    Disk::of(&[3, 1, 4, 2])
}

#[test]
fn an_honest_log_is_verified_to_its_last_entry() {
    for commits in [&[][..], &[0], &[1], &[3, 1, 4, 2], &[0, 5, 0, 1]] {
        let disk = Disk::of(commits);
        let verified = disk.verify().unwrap();
        assert_eq!(verified.checked, disk.rows.len() as u64);
        assert_eq!(verified.position.tree().root(), checkpoint(&disk.rows).root);
        assert_eq!(
            verified.checkpoint.map(|it| it.size),
            disk.notes.last().map(|it| it.0)
        );
    }
}

#[test]
fn a_check_goes_on_where_the_last_one_ended() {
    let mut disk = disk();
    let position = disk.verify().unwrap().position;
    let bytes = position.to_bytes().unwrap();
    let position = VerifiedPosition::from_bytes(&bytes).unwrap();
    disk.commit(5, "sealed");
    let verifier = Verifier::resume(position.clone(), keys(), 15).unwrap();
    let added = disk.verify_with(verifier).unwrap();
    assert_eq!(added.checked, 5);
    assert_eq!(added.position, disk.verify().unwrap().position);
    // With nothing new there is nothing to check.
    let again = Verifier::resume(added.position.clone(), keys(), 15).unwrap();
    assert_eq!(disk.verify_with(again).unwrap().position, added.position);
    // What was done to an entry since is found, under the name that a whole check gives it.
    disk.rows[12].sealed[0] ^= 1;
    let verifier = Verifier::resume(position, keys(), 15).unwrap();
    assert_eq!(found(disk.verify_with(verifier)), (12, Fault::Edited));
    assert_eq!(found(disk.verify()), (12, Fault::Edited));
}

#[test]
fn an_edited_entry_is_named() {
    for seq in 0..10 {
        let mut disk = disk();
        disk.rows[seq].sealed.push(b'!');
        assert_eq!(found(disk.verify()), (seq as u64, Fault::Edited));
    }
}

#[test]
fn a_removed_entry_is_named() {
    for seq in 0..10 {
        let mut disk = disk();
        disk.rows.remove(seq);
        assert_eq!(found(disk.verify()), (seq as u64, Fault::Missing));
    }
}

#[test]
fn swapped_entries_are_named() {
    for (one, two) in [(0, 9), (0, 1), (4, 6), (8, 9)] {
        let mut disk = disk();
        disk.rows.swap(one, two);
        for at in [one, two] {
            disk.rows[at].seq = at as u64;
        }
        assert_eq!(found(disk.verify()), (one as u64, Fault::Edited));
    }
}

#[test]
fn a_repeated_entry_is_named() {
    let mut disk = disk();
    let again = disk.rows[4].clone();
    disk.rows.push(again);
    assert_eq!(found(disk.verify()), (4, Fault::OutOfOrder));
}

#[test]
fn entries_that_move_down_over_a_removed_one_are_found_at_its_place() {
    for seq in 0..9 {
        let mut disk = disk();
        disk.rows.remove(seq);
        for (place, row) in (0..).zip(&mut disk.rows) {
            row.seq = place;
        }
        assert_eq!(found(disk.verify()), (seq as u64, Fault::Edited));
    }
}

#[test]
fn an_entry_rewritten_with_its_leaf_is_found_within_its_commit() {
    for seq in 0..10 {
        let mut disk = disk();
        disk.rows[seq] = row(seq as u64, b"forged");
        let (from, until) = disk.around(seq as u64);
        assert_eq!(found(disk.verify()), (from, Fault::Rewritten { until }));
    }
}

#[test]
fn a_forged_checkpoint_is_found_at_its_place() {
    let strangers = [Key::new(ORIGIN, 8), Key::new("ward/WRD02", 7)];
    for (at, (from, until)) in [(0, 3), (3, 4), (4, 8), (8, 10)].into_iter().enumerate() {
        let forged = (from, Fault::CheckpointForged { until });
        for stranger in &strangers {
            let mut disk = disk();
            disk.notes[at].1 = stranger.sign(&checkpoint(&disk.rows[..until as usize]));
            assert_eq!(found(disk.verify()), forged);
        }
        let mut disk = disk();
        disk.notes[at].1 = disk.notes[at].1.replace(&format!("\n{until}\n"), "\n7\n");
        assert_eq!(found(disk.verify()), forged);
    }
}

#[test]
fn a_true_checkpoint_in_another_place_is_found() {
    for (from, to) in [(0, 1), (1, 0), (3, 2)] {
        let mut disk = disk();
        disk.notes[to].1 = disk.notes[from].1.clone();
        let until = disk.notes[to].0;
        let signed = if to == 0 { 0 } else { disk.notes[to - 1].0 };
        assert_eq!(
            found(disk.verify()),
            (signed, Fault::CheckpointForged { until })
        );
    }
    // Under a size of which there are no entries it is forged; truly signed for it, they are missing.
    let mut disk = disk();
    disk.notes[3].0 = 1 << 40;
    let forged = Fault::CheckpointForged { until: 1 << 40 };
    assert_eq!(found(disk.verify()), (8, forged));
    let mut grown = disk.clone();
    grown.notes.pop();
    grown.commit(3, "sealed");
    disk.notes[3] = grown.notes[3].clone();
    assert_eq!(found(disk.verify()), (10, Fault::Missing));
}

#[test]
fn a_checkpoint_of_another_log_is_forged_even_under_the_same_key() {
    let mut disk = disk();
    let mut other = checkpoint(&disk.rows);
    other.origin = "ward/WRD02".into();
    disk.notes[3].1 = Key::own().sign(&other);
    assert_eq!(
        found(disk.verify()),
        (8, Fault::CheckpointForged { until: 10 })
    );
}

#[test]
fn entries_after_the_last_checkpoint_are_not_believed() {
    let mut disk = disk();
    disk.rows.push(row(10, b"forged"));
    assert_eq!(found(disk.verify()), (10, Fault::Unsigned));
    let mut disk = self::disk();
    disk.notes.pop();
    assert_eq!(found(disk.verify()), (8, Fault::Unsigned));
    disk.notes.clear();
    assert_eq!(found(disk.verify()), (0, Fault::Unsigned));
}

#[test]
fn a_log_cut_short_is_found_at_the_cut() {
    for left in 0..10 {
        let mut disk = disk();
        disk.rows.truncate(left);
        assert_eq!(found(disk.verify()), (left as u64, Fault::Missing));
    }
}

#[test]
fn a_log_cut_short_with_its_checkpoints_is_found_by_whoever_remembers() {
    let whole = disk();
    let seen = checkpoint(&whole.rows);
    let position = whole.verify().unwrap().position;
    for left in [0, 3, 4, 8] {
        let mut disk = whole.clone();
        disk.rows.truncate(left);
        disk.notes.retain(|(size, _)| *size <= left as u64);
        // Alone it is a shorter log and nothing else: this is what witnesses are for.
        assert!(disk.verify().is_ok());
        let truncated = (left as u64, Fault::Truncated { remembered: 10 });
        let mut verifier = Verifier::new(ORIGIN, keys());
        verifier.remember(seen.clone()).unwrap();
        assert_eq!(found(disk.verify_with(verifier)), truncated);
        let resumed = Verifier::resume(position.clone(), keys(), left as u64);
        assert_eq!(found(resumed), truncated);
    }
}

#[test]
fn a_log_rewritten_by_whoever_has_its_key_is_found_by_whoever_remembers() {
    let whole = disk();
    let seen = [3, 8, 10].map(|size| checkpoint(&whole.rows[..size]));
    let mut disk = Disk::of(&[3, 1]);
    disk.commit(4, "forged");
    disk.commit(3, "forged");
    assert!(disk.verify().is_ok());
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let mut verifier = Verifier::new(ORIGIN, keys());
        for at in order {
            verifier.remember(seen[at].clone()).unwrap();
        }
        let found = found(disk.verify_with(verifier));
        assert_eq!(found, (4, Fault::Rewritten { until: 8 }));
    }
}

#[test]
fn what_is_remembered_is_held_against_a_resumed_check_at_once() {
    let disk = disk();
    let position = disk.verify().unwrap().position;
    let resume = || Verifier::resume(position.clone(), keys(), 10).unwrap();
    let mut other = checkpoint(&disk.rows);
    assert_eq!(resume().remember(other.clone()), Ok(()));
    other.root = checkpoint(&disk.rows[..9]).root;
    let Err(NotHeld::Bad(against)) = resume().remember(other) else {
        panic!("it fits");
    };
    assert_eq!(
        (against.seq, against.fault),
        (10, Fault::Rewritten { until: 10 })
    );
}

#[test]
fn what_is_remembered_of_before_a_check_is_never_passed_over_in_silence() {
    let disk = disk();
    let position = disk.verify().unwrap().position;
    let earlier = checkpoint(&disk.rows[..8]);
    let mut resumed = Verifier::resume(position, keys(), 10).unwrap();
    assert_eq!(
        resumed.remember(earlier.clone()),
        Err(NotHeld::Passed { size: 8, at: 10 })
    );
    let mut begun = Verifier::new(ORIGIN, keys());
    for row in &disk.rows[..9] {
        let entry = StoredEntry {
            seq: row.seq,
            leaf: row.leaf,
            sealed: &row.sealed,
        };
        begun.feed(&entry).unwrap();
    }
    assert_eq!(
        begun.remember(earlier),
        Err(NotHeld::Passed { size: 8, at: 9 })
    );
}

#[test]
fn a_rotated_key_verifies_together_with_the_earlier_one() {
    let mut disk = disk();
    let newer = Key::new(ORIGIN, 8);
    disk.rows.push(row(10, b"sealed"));
    disk.notes.push((11, newer.sign(&checkpoint(&disk.rows))));
    let both = vec![Key::own().verifier, newer.verifier.clone()];
    assert!(disk.verify_with(Verifier::new(ORIGIN, both)).is_ok());
    assert_eq!(
        found(disk.verify()),
        (10, Fault::CheckpointForged { until: 11 })
    );
}

#[test]
fn fewer_checkpoints_are_sound_and_name_a_wider_range() {
    let mut disk = disk();
    disk.notes.drain(..3);
    assert!(disk.verify().is_ok());
    disk.rows[5] = row(5, b"forged");
    assert_eq!(found(disk.verify()), (0, Fault::Rewritten { until: 10 }));
}

#[test]
fn a_fault_says_up_to_where_a_signature_speaks() {
    let mut disk = disk();
    disk.rows[6].sealed.push(b'!');
    let found = disk.verify().unwrap_err();
    assert_eq!((found.seq, found.signed), (6, 4));
    assert_eq!(
        found.to_string(),
        "entry 6: edited or moved; all before entry 4 are as they were signed"
    );
}
