//! What fjall makes of files that are not as it wrote them: an error, or an earlier whole state.

use std::{
    fs,
    ops::ControlFlow,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use ward_core::Random;
use ward_testkit::SeededRandom;

use super::Fjall;
use crate::{
    StoreError,
    view::{Changes, Engine, View},
};

const ROWS: u32 = 1_500;
const BATCHES: u32 = 5;
/// Of the batches, so many are in sorted files; the others are in the journal alone.
const SORTED: u32 = 2;
const TRIALS: usize = 5;

fn batch_of(row: u32) -> u32 {
    row % BATCHES
}

fn value(row: u32) -> Vec<u8> {
    row.to_le_bytes().repeat(4)
}

fn fill(dir: &Path) {
    let view = Fjall::open(dir, 1 << 20).unwrap();
    for batch in 0..BATCHES {
        let mut changes = Changes::default();
        for row in (0..ROWS).filter(|row| batch_of(*row) == batch) {
            changes.put(row.to_be_bytes().to_vec(), value(row));
        }
        view.apply(changes).unwrap();
        if batch < SORTED {
            view.rows.rotate_memtable_and_wait().unwrap();
        }
    }
}

/// How many batches are there. Each must be there whole, and none without those before it.
fn batches(dir: &Path) -> Result<u32, StoreError> {
    let view = Engine::Fjall.open(dir, 1 << 20)?;
    let mut rows = Vec::new();
    view.snapshot()?.scan(&[0], &[255], &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    })?;
    let last = rows
        .iter()
        .map(|(key, _)| batch_of(u32::from_be_bytes(key[..].try_into().unwrap())));
    let count = last.max().map_or(0, |last| last + 1);
    let expected = (0..ROWS).filter(|row| batch_of(*row) < count);
    let expected: Vec<_> = expected
        .map(|row| (row.to_be_bytes().to_vec(), value(row)))
        .collect();
    assert_eq!(rows, expected, "half of a batch");
    for (key, value) in expected {
        assert_eq!(view.snapshot()?.get(&key)?, Some(value));
    }
    Ok(count)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

fn damaged(harm: impl Fn(&fs::File, u64, &SeededRandom)) {
    let dir = TempDir::new().unwrap();
    let (whole, broken) = (dir.path().join("whole"), dir.path().join("broken"));
    fill(&whole);
    assert_eq!(batches(&whole).unwrap(), BATCHES);
    let random = SeededRandom::new(5);
    for file in files(&whole) {
        let name = file.strip_prefix(&whole).unwrap();
        for _ in 0..TRIALS {
            let _ = fs::remove_dir_all(&broken);
            copy(&whole, &broken);
            let file = fs::File::options()
                .write(true)
                .open(broken.join(name))
                .unwrap();
            // A journal is mostly room for more.
            let length = file.metadata().unwrap().len().min(50_000);
            let mut place = [0; 8];
            random.fill(&mut place);
            harm(&file, u64::from_be_bytes(place) % length.max(1), &random);
            if let Ok(found) = batches(&broken) {
                assert!(found >= SORTED, "{name:?} lost what was sorted");
            }
        }
    }
}

#[test]
fn a_file_cut_short_gives_an_error_or_an_earlier_state() {
    damaged(|file, place, _| file.set_len(place).unwrap());
}

#[test]
fn a_torn_sector_gives_an_error_or_an_earlier_state() {
    damaged(|file, place, _| file.write_all_at(&[0; 512], place / 512 * 512).unwrap());
}

#[test]
fn garbage_gives_an_error_or_an_earlier_state() {
    damaged(|file, place, random| {
        let mut garbage = [0; 16];
        random.fill(&mut garbage);
        file.write_all_at(&garbage, place).unwrap();
    });
}
