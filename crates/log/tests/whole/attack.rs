//! Whatever is done to a log, the first bad entry is named, and what is called signed is unchanged.

use proptest::{collection::vec, prelude::*, sample::Index};
use ward_log::{Fault, FirstBad, Verifier};

use crate::disk::{Disk, Key, ORIGIN, Row, checkpoint, row};

/// One thing that somebody with the disk, and without the key, can do.
#[derive(Debug, Clone)]
enum Attack {
    EditSealed(Index, u8),
    EditLeaf(Index, u8),
    Rewrite(Index, Vec<u8>),
    Delete(Index),
    DeleteAndCloseUp(Index),
    DeleteAndRehash(Index),
    Insert(Index, Vec<u8>),
    InsertAndRehash(Index, Vec<u8>),
    Swap(Index, Index),
    SwapAndRehash(Index, Index),
    Truncate(Index),
    Append(Vec<u8>),
    ForgeCheckpoint(Index),
    EditCheckpoint(Index, Index, u8),
    MoveCheckpoint(Index, Index),
    DeleteLastCheckpoint,
}

fn attack() -> impl Strategy<Value = Attack> {
    let at = any::<Index>;
    let bytes = || vec(any::<u8>(), 0..20);
    let bit = || (0_u8..8).prop_map(|bit| 1 << bit);
    prop_oneof![
        (at(), bit()).prop_map(|(at, bit)| Attack::EditSealed(at, bit)),
        (at(), bit()).prop_map(|(at, bit)| Attack::EditLeaf(at, bit)),
        (at(), bytes()).prop_map(|(at, sealed)| Attack::Rewrite(at, sealed)),
        at().prop_map(Attack::Delete),
        at().prop_map(Attack::DeleteAndCloseUp),
        at().prop_map(Attack::DeleteAndRehash),
        (at(), bytes()).prop_map(|(at, sealed)| Attack::Insert(at, sealed)),
        (at(), bytes()).prop_map(|(at, sealed)| Attack::InsertAndRehash(at, sealed)),
        (at(), at()).prop_map(|(one, two)| Attack::Swap(one, two)),
        (at(), at()).prop_map(|(one, two)| Attack::SwapAndRehash(one, two)),
        at().prop_map(Attack::Truncate),
        bytes().prop_map(Attack::Append),
        at().prop_map(Attack::ForgeCheckpoint),
        (at(), at(), bit()).prop_map(|(at, byte, bit)| Attack::EditCheckpoint(at, byte, bit)),
        (at(), at()).prop_map(|(from, to)| Attack::MoveCheckpoint(from, to)),
        Just(Attack::DeleteLastCheckpoint),
    ]
}

impl Attack {
    fn on(self, disk: &mut Disk) {
        let rows = disk.rows.len();
        let notes = disk.notes.len();
        match self {
            Self::EditSealed(at, bit) => disk.rows[at.index(rows)].sealed.push(bit),
            Self::EditLeaf(at, bit) => disk.rows[at.index(rows)].leaf.0[0] ^= bit,
            Self::Rewrite(at, sealed) => {
                let seq = at.index(rows);
                disk.rows[seq] = row(seq as u64, &sealed);
            }
            Self::Delete(at) => drop(disk.rows.remove(at.index(rows))),
            Self::DeleteAndCloseUp(at) => {
                disk.rows.remove(at.index(rows));
                disk.renumber();
            }
            Self::DeleteAndRehash(at) => {
                disk.rows.remove(at.index(rows));
                disk.rehash();
            }
            Self::Insert(at, sealed) => {
                let seq = at.index(rows + 1);
                disk.rows.insert(seq, row(seq as u64, &sealed));
                disk.renumber();
            }
            Self::InsertAndRehash(at, sealed) => {
                disk.rows.insert(at.index(rows + 1), row(0, &sealed));
                disk.rehash();
            }
            Self::Swap(one, two) => {
                disk.rows.swap(one.index(rows), two.index(rows));
                disk.renumber();
            }
            Self::SwapAndRehash(one, two) => {
                disk.rows.swap(one.index(rows), two.index(rows));
                disk.rehash();
            }
            Self::Truncate(at) => disk.rows.truncate(at.index(rows)),
            Self::Append(sealed) => disk.rows.push(row(rows as u64, &sealed)),
            Self::ForgeCheckpoint(at) => {
                let (size, note) = &mut disk.notes[at.index(notes)];
                *note =
                    Key::new(ORIGIN, 8).sign(&checkpoint(&disk.rows[..rows.min(*size as usize)]));
            }
            Self::EditCheckpoint(at, byte, bit) => {
                let note = &mut disk.notes[at.index(notes)].1;
                let mut bytes = note.clone().into_bytes();
                let byte = byte.index(bytes.len());
                bytes[byte] ^= bit;
                *note = String::from_utf8_lossy(&bytes).into_owned();
            }
            Self::MoveCheckpoint(from, to) => {
                let moved = disk.notes[from.index(notes)].1.clone();
                disk.notes[to.index(notes)].1 = moved;
            }
            Self::DeleteLastCheckpoint => drop(disk.notes.pop()),
        }
    }
}

impl Disk {
    fn renumber(&mut self) {
        for (seq, row) in (0..).zip(&mut self.rows) {
            row.seq = seq;
        }
    }

    fn rehash(&mut self) {
        for (seq, old) in (0..).zip(&mut self.rows) {
            *old = row(seq, &old.sealed);
        }
    }
}

/// The first entry that is not what it was, by its place; where none is, the end of the shorter.
fn first_difference(one: &[Row], two: &[Row]) -> u64 {
    one.iter()
        .zip(two)
        .take_while(|(one, two)| one == two)
        .count() as u64
}

/// Whether a reader is told the truth: all that is called signed is unchanged, and the first change
/// is the named entry, or within the named range.
fn is_truth(before: &Disk, after: &Disk, found: FirstBad) -> bool {
    let changed = first_difference(&before.rows, &after.rows);
    let FirstBad { seq, fault, signed } = found;
    let notes_changed = before.notes != after.notes;
    let in_range = match fault {
        Fault::Missing | Fault::Edited => changed <= seq || notes_changed,
        Fault::Rewritten { until } => changed < until,
        Fault::CheckpointForged { .. } => notes_changed,
        Fault::Unsigned => notes_changed || after.rows.len() > before.rows.len(),
        Fault::OutOfOrder | Fault::Truncated { .. } => false,
    };
    signed <= changed && signed <= seq && in_range
}

/// Whether what was done leaves each leaf beside its own entry in its own place.
fn rehashes(attack: &Attack) -> bool {
    matches!(
        attack,
        Attack::Rewrite(..)
            | Attack::DeleteAndRehash(_)
            | Attack::Insert(..)
            | Attack::InsertAndRehash(..)
            | Attack::SwapAndRehash(..)
    )
}

fn commits() -> impl Strategy<Value = Vec<usize>> {
    vec(1_usize..6, 1..12)
}

proptest! {
    #[test]
    fn one_attack_is_found_where_it_begins(commits in commits(), attack in attack()) {
        let before = Disk::of(&commits);
        let mut after = before.clone();
        attack.clone().on(&mut after);
        if after == before {
            return Ok(());
        }
        let found = after.verify().err();
        let found = found.ok_or_else(|| TestCaseError::fail("not found"))?;
        prop_assert!(is_truth(&before, &after, found), "{found:?}");
        if !rehashes(&attack) && before.notes == after.notes {
            prop_assert_eq!(found.seq, first_difference(&before.rows, &after.rows));
        }
    }

    #[test]
    fn many_attacks_are_found_at_or_before_the_first(
        commits in commits(),
        attacks in vec(attack(), 2..6),
    ) {
        let before = Disk::of(&commits);
        let mut after = before.clone();
        for attack in attacks {
            if !after.rows.is_empty() && !after.notes.is_empty() {
                attack.on(&mut after);
            }
        }
        let changed = first_difference(&before.rows, &after.rows);
        match after.verify() {
            Err(found) => prop_assert!(found.signed <= changed, "{found:?}"),
            // What passes is a true beginning of the log, and the remembered checkpoint finds it.
            Ok(verified) => {
                prop_assert!(after.rows.iter().eq(&before.rows[..after.rows.len()]));
                prop_assert_eq!(verified.checked, after.rows.len() as u64);
            }
        }
        let mut verifier = Verifier::new(ORIGIN, vec![Key::own().verifier]);
        verifier.remember(checkpoint(&before.rows)).unwrap();
        prop_assert!(after.rows == before.rows || after.verify_with(verifier).is_err());
    }

    #[test]
    fn a_log_cut_back_to_any_checkpoint_is_found_by_whoever_remembers(
        commits in commits(),
        cut in any::<Index>(),
    ) {
        let before = Disk::of(&commits);
        let mut after = before.clone();
        after.notes.truncate(cut.index(before.notes.len()));
        let left = after.notes.last().map_or(0, |(size, _)| *size);
        after.rows.truncate(left as usize);
        prop_assert!(after.verify().is_ok());
        let mut verifier = Verifier::new(ORIGIN, vec![Key::own().verifier]);
        verifier.remember(checkpoint(&before.rows)).unwrap();
        let fault = Fault::Truncated { remembered: before.rows.len() as u64 };
        let bad = FirstBad { seq: left, fault, signed: left };
        prop_assert_eq!(after.verify_with(verifier).err(), Some(bad));
    }

    #[test]
    fn a_check_in_steps_finds_what_a_whole_one_finds(
        commits in commits(),
        later in commits(),
        attack in attack(),
    ) {
        let mut disk = Disk::of(&commits);
        let position = disk.verify().unwrap().position;
        for entries in later {
            disk.commit(entries, "later");
        }
        let untouched = disk.rows[..position.tree().size() as usize].to_vec();
        let notes = disk.notes[..commits.len()].to_vec();
        attack.on(&mut disk);
        if !(disk.rows.starts_with(&untouched) && disk.notes.starts_with(&notes)) {
            return Ok(());
        }
        let held = disk.rows.iter().map(|row| row.seq + 1).max().unwrap_or(0);
        let resumed = Verifier::resume(position, vec![Key::own().verifier], held);
        let in_steps = resumed.and_then(|verifier| disk.verify_with(verifier));
        let whole = disk.verify();
        prop_assert_eq!(in_steps.map(|it| it.position), whole.map(|it| it.position));
    }
}
