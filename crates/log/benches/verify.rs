//! What verifying costs: `cargo bench -p ward-log`. The baseline is SHA-256 of the same bytes alone.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::{hint::black_box, time::Instant};

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair},
};
use ward_log::{Checkpoint, StoredEntry, Tree, Verifier, VerifierKey, leaf_hash};

const ENTRIES: u64 = 1_000_000;
const SEALED: [u8; 300] = [7; 300];
const COMMIT: u64 = 20;

fn main() {
    measure("bare SHA-256, 300 bytes", || {
        for _ in 0..ENTRIES {
            black_box(digest(&SHA256, black_box(&SEALED)));
        }
    });
    let leaves: Vec<_> = (0..ENTRIES).map(|seq| leaf_hash(seq, &SEALED)).collect();
    measure("append to the tree", || {
        black_box(leaves.iter().copied().collect::<Tree>());
    });
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key = VerifierKey::new("ward/WRD01", pair.public_key().as_ref().try_into().unwrap());
    let key = key.unwrap();
    let note = |tree: &Tree| {
        let origin = "ward/WRD01".to_owned();
        let checkpoint = Checkpoint {
            origin,
            size: tree.size(),
            root: tree.root(),
            time: None,
        };
        checkpoint.sign(&key, |text| pair.sign(text).as_ref().try_into().unwrap())
    };
    let mut tree = Tree::new();
    let mut notes = Vec::new();
    for leaf in &leaves {
        tree.append(*leaf);
        if tree.size().is_multiple_of(COMMIT) {
            notes.push(note(&tree));
        }
    }
    let verify = |notes: &[String], each: u64| {
        let mut verifier = Verifier::new("ward/WRD01", vec![key.clone()]);
        let mut notes = notes.iter();
        for (seq, leaf) in (0..).zip(&leaves) {
            verifier
                .feed(&StoredEntry {
                    seq,
                    leaf: *leaf,
                    sealed: &SEALED,
                })
                .unwrap();
            if (seq + 1) % each == 0 {
                verifier.checkpoint(seq + 1, notes.next().unwrap()).unwrap();
            }
        }
        assert_eq!(verifier.finish().unwrap().checked, ENTRIES);
    };
    measure("verify, a checkpoint each 20", || verify(&notes, COMMIT));
    measure("verify, a checkpoint at the end", || {
        verify(&[note(&tree)], ENTRIES);
    });
}

#[expect(clippy::cast_precision_loss, reason = "a million fits")]
fn measure(name: &str, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{name:<34} {:>9.3} million a second",
        ENTRIES as f64 / 1e6 / seconds
    );
}
