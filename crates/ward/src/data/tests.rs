use std::{cell::Cell, collections::BTreeMap, time::Duration};

use ward_core::SystemRandom;
use ward_crypto::Unlock;

use super::{
    change::{Change, Step},
    *,
};

fn made() -> (tempfile::TempDir, Data, RootKey) {
    let dir = tempfile::tempdir().unwrap();
    let root = RootKey::generate(&SystemRandom);
    let data = Data::make(&dir.path().join("ward"), &SealedRoot::unsealed(&root)).unwrap();
    for ods in ["WRD01", "WRD02"] {
        data.add_organisation(&root, &ods.parse().unwrap(), "Larkfield", &SystemRandom)
            .unwrap();
    }
    (dir, data, root)
}

/// Whether the root key that is read opens every organisation that is read.
fn opens(data: &Data) -> bool {
    let root = data.root().unwrap().open(Unlock::Nothing).unwrap();
    opens_with(data, &root)
}

fn opens_with(data: &Data, root: &RootKey) -> bool {
    let organisations = data.organisations().unwrap();
    assert_eq!(organisations.len(), 2);
    organisations
        .iter()
        .all(|one| root.unwrap(&one.keys).is_ok())
}

fn rotate(data: &Data, old: &RootKey) -> RootKey {
    let new = RootKey::generate(&SystemRandom);
    let sealed = SealedRoot::unsealed(&new);
    let change = data.change().unwrap();
    let count = change.rotate(old, &new, &sealed, &SystemRandom).unwrap();
    assert_eq!(count, 2);
    new
}

/// Does the first `steps` steps of a rotation, as a process that is killed then; whether that is all.
fn cut_short(change: &Change<'_>, old: &RootKey, new: &RootKey, steps: usize) -> bool {
    let mut organisations = change.data.organisations().unwrap();
    for one in &mut organisations {
        one.keys = old.rewrap(&one.keys, new, &SystemRandom).unwrap();
    }
    let sealed = SealedRoot::unsealed(new);
    let preparing = change.preparing(&organisations, &sealed).unwrap();
    for step in preparing.iter().take(steps) {
        step.run().unwrap();
    }
    let Some(left) = steps.checked_sub(preparing.len()) else {
        return false;
    };
    let finishing = change.finishing().unwrap();
    for step in finishing.iter().take(left) {
        step.run().unwrap();
    }
    left >= finishing.len()
}

/// Every file and what it holds.
fn files_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn nothing_is_made_over_what_is_there() {
    let (_dir, data, root) = made();
    assert!(Data::make(data.dir(), &SealedRoot::unsealed(&root)).is_err());
    let ods = "WRD01".parse().unwrap();
    assert!(
        data.add_organisation(&root, &ods, "Other", &SystemRandom)
            .is_err()
    );
    assert!(opens(&data));
}

#[test]
fn a_rotation_rewraps_every_organisation() {
    let (_dir, data, root) = made();
    let new = rotate(&data, &root);
    assert!(opens(&data) && opens_with(&data, &new));
    let organisations = data.organisations().unwrap();
    assert!(
        organisations
            .iter()
            .all(|one| root.unwrap(&one.keys).is_err())
    );
}

#[test]
fn a_rotation_cut_short_anywhere_leaves_keys_that_open() {
    let mut outcomes = Vec::new();
    for steps in 0.. {
        let (_dir, data, old) = made();
        let new = RootKey::generate(&SystemRandom);
        let change = data.change().unwrap();
        let is_whole = cut_short(&change, &old, &new, steps);
        // The system gives the lock of a killed process back.
        drop(change);
        let is_new = opens_with(&data, &new);
        assert!(opens(&data), "after {steps} steps");
        assert!(is_new || opens_with(&data, &old), "after {steps} steps");
        // The next change ends it, to the same side.
        drop(data.change().unwrap());
        assert!(opens(&data), "after {steps} steps and an end");
        assert_eq!(opens_with(&data, &new), is_new, "after {steps} steps");
        let left = files_of(data.dir());
        assert!(
            !left
                .keys()
                .any(|path| path.ends_with(COMMIT)
                    || path.extension().is_some_and(|end| end == NEXT))
        );
        let newer = rotate(&data, if is_new { &new } else { &old });
        assert!(opens_with(&data, &newer));
        outcomes.push(is_new);
        if is_whole {
            break;
        }
    }
    // Two organisations and the root key are prepared; the commit decides.
    assert_eq!(outcomes.iter().position(|is_new| *is_new), Some(4));
    assert!(outcomes.iter().skip(4).all(|is_new| *is_new));
}

#[test]
fn who_reads_in_the_midst_of_a_rotation_changes_nothing_and_sees_one_moment() {
    for steps in 0.. {
        let (_dir, data, old) = made();
        let new = RootKey::generate(&SystemRandom);
        let change = data.change().unwrap();
        let is_whole = cut_short(&change, &old, &new, steps);
        let before = files_of(data.dir());
        let reader = Data::open(data.dir()).unwrap();
        assert!(opens(&reader), "after {steps} steps");
        for ods in ["WRD01", "WRD02"] {
            let ods = ods.parse().unwrap();
            reader.organisation(&ods).unwrap();
            assert_eq!(reader.verifiers(&ods).unwrap().len(), 1);
        }
        assert!(files_of(data.dir()) == before, "after {steps} steps");
        if is_whole {
            break;
        }
    }
}

#[test]
fn a_rotation_that_comes_while_somebody_reads_is_not_read_by_halves() {
    let (_dir, data, old) = made();
    let looks = Cell::new(0);
    let (root, organisations) = data
        .at_one_moment(|standing| {
            let root: SealedRoot = standing.read(&data.dir.join(ROOT))?.unwrap();
            if looks.replace(looks.get() + 1) == 0 {
                rotate(&data, &old);
            }
            let mut organisations = Vec::new();
            for place in data.organisation_places()? {
                organisations.extend(standing.read::<Organisation>(&place)?);
            }
            Ok((root, organisations))
        })
        .unwrap();
    let root = root.open(Unlock::Nothing).unwrap();
    assert!(
        organisations
            .iter()
            .all(|one| root.unwrap(&one.keys).is_ok())
    );
    assert_eq!(looks.get(), 2);
}

#[test]
fn keys_open_whenever_they_are_read_while_they_rotate() {
    let (_dir, data, mut root) = made();
    std::thread::scope(|threads| {
        let reading = threads.spawn(|| {
            for _ in 0..200 {
                assert_eq!(data.organisations().unwrap().len(), 2);
                data.root().unwrap().open(Unlock::Nothing).unwrap();
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        while !reading.is_finished() {
            root = rotate(&data, &root);
        }
        reading.join().unwrap();
    });
    assert!(opens_with(&data, &root));
}

#[test]
fn two_changes_do_not_meet() {
    let (_dir, data, root) = made();
    let one = data.change().unwrap();
    let told = data.change().err().unwrap().to_string();
    assert!(
        told.contains("another command is changing the keys"),
        "{told}"
    );
    let ods = "WRD03".parse().unwrap();
    assert!(
        data.add_organisation(&root, &ods, "Third", &SystemRandom)
            .is_err()
    );
    drop(one);
    rotate(&data, &root);
}

#[test]
fn names_are_durable_before_the_commit_is_removed_and_its_removal_is_durable_too() {
    // Committed and no further; or renamed before a crash, and nobody knows what is durable.
    for renamed in 0..=3 {
        let (_dir, data, old) = made();
        let new = RootKey::generate(&SystemRandom);
        let change = data.change().unwrap();
        cut_short(&change, &old, &new, 4 + renamed);
        let steps = change.finishing().unwrap();
        let renames = 3 - renamed;
        let is_rename = |step: &Step| matches!(step, Step::Rename(..));
        assert!(steps[..renames].iter().all(is_rename));
        let synced: Vec<&Path> = steps[renames..renames + 3]
            .iter()
            .filter_map(|step| match step {
                Step::Sync(folder) => Some(folder.as_path()),
                _ => None,
            })
            .collect();
        let folders = [&data.dir, &data.dir.join("WRD01"), &data.dir.join("WRD02")];
        assert_eq!(synced, folders);
        let [Step::Remove(commit), Step::Sync(folder)] = &steps[renames + 3..] else {
            panic!("the commit is not removed last");
        };
        assert!(commit.ends_with(COMMIT) && *folder == data.dir);
    }
}

#[test]
fn a_root_key_that_opens_nothing_here_is_not_sealed() {
    let (_dir, data, root) = made();
    let other = RootKey::generate(&SystemRandom);
    let change = data.change().unwrap();
    assert!(change.seal(&other, &SealedRoot::unsealed(&other)).is_err());
    change.seal(&root, &SealedRoot::unsealed(&root)).unwrap();
    assert!(opens(&data));
}

#[test]
fn the_public_keys_are_beside_the_log() {
    let (_dir, data, _) = made();
    let keys = data.verifiers(&"WRD01".parse().unwrap()).unwrap();
    assert_eq!(keys.len(), 1);
}
