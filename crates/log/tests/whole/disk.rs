//! A log as it lies on a disk, with an honest writer and an honest reader.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use ward_log::{
    Checkpoint, FirstBad, Hash, StoredEntry, Tree, Verified, Verifier, VerifierKey, leaf_hash,
};

pub(crate) const ORIGIN: &str = "ward/WRD01";

/// Who signs.
pub(crate) struct Key {
    pair: Ed25519KeyPair,
    pub(crate) verifier: VerifierKey,
}

impl Key {
    pub(crate) fn new(name: &str, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let public = pair.public_key().as_ref().try_into().unwrap();
        let verifier = VerifierKey::new(name, public).unwrap();
        Self { pair, verifier }
    }

    pub(crate) fn own() -> Self {
        Self::new(ORIGIN, 7)
    }

    /// A note of any text. The library signs checkpoints alone: here one lends its signature line.
    pub(crate) fn sign_text(&self, text: &str) -> String {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        let lent = Checkpoint {
            origin: String::new(),
            size: 0,
            root: Hash([0; 32]),
            time: None,
        };
        let note = lent.sign(&self.verifier, |_| signature);
        format!("{text}\n{}", note.split_once("\n\n").unwrap().1)
    }

    pub(crate) fn sign(&self, checkpoint: &Checkpoint) -> String {
        checkpoint.sign(&self.verifier, |text| self.signature(text))
    }

    pub(crate) fn signature(&self, text: &[u8]) -> [u8; 64] {
        self.pair.sign(text).as_ref().try_into().unwrap()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) leaf: Hash,
    pub(crate) sealed: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Disk {
    pub(crate) rows: Vec<Row>,
    pub(crate) notes: Vec<(u64, String)>,
}

pub(crate) fn checkpoint(rows: &[Row]) -> Checkpoint {
    let tree: Tree = rows.iter().map(|row| row.leaf).collect();
    Checkpoint {
        origin: ORIGIN.into(),
        size: tree.size(),
        root: tree.root(),
        time: None,
    }
}

impl Disk {
    /// The log of commits of so many entries each.
    pub(crate) fn of(commits: &[usize]) -> Self {
        let mut disk = Self::default();
        for entries in commits {
            disk.commit(*entries, "sealed");
        }
        disk
    }

    pub(crate) fn commit(&mut self, entries: usize, what: &str) {
        for _ in 0..entries {
            let seq = self.rows.len() as u64;
            self.rows.push(row(seq, format!("{what} {seq}").as_bytes()));
        }
        let checkpoint = checkpoint(&self.rows);
        self.notes
            .push((checkpoint.size, Key::own().sign(&checkpoint)));
    }

    /// The sizes at which the entry `seq` is signed for: before it, and with it.
    pub(crate) fn around(&self, seq: u64) -> (u64, u64) {
        let sizes = || self.notes.iter().map(|(size, _)| *size);
        let before = sizes().filter(|size| *size <= seq).max().unwrap_or(0);
        (before, sizes().find(|size| *size > seq).unwrap())
    }

    pub(crate) fn verify(&self) -> Result<Verified, FirstBad> {
        self.verify_with(Verifier::new(ORIGIN, vec![Key::own().verifier]))
    }

    /// As a reader does: entries in the order of their places, checkpoints in that of their sizes.
    pub(crate) fn verify_with(&self, mut verifier: Verifier) -> Result<Verified, FirstBad> {
        let start = verifier.size();
        let mut notes: Vec<_> = self
            .notes
            .iter()
            .filter(|(size, _)| *size > start || start == 0)
            .collect();
        let mut rows: Vec<_> = self.rows.iter().filter(|row| row.seq >= start).collect();
        notes.sort_by_key(|(size, _)| *size);
        rows.sort_by_key(|row| row.seq);
        let mut notes = notes.into_iter().peekable();
        for row in rows {
            while let Some((size, note)) = notes.next_if(|(size, _)| *size <= row.seq) {
                verifier.checkpoint(*size, note)?;
            }
            let Row { seq, leaf, sealed } = row;
            verifier.feed(&StoredEntry {
                seq: *seq,
                leaf: *leaf,
                sealed,
            })?;
        }
        for (size, note) in notes {
            verifier.checkpoint(*size, note)?;
        }
        verifier.finish()
    }
}

pub(crate) fn row(seq: u64, sealed: &[u8]) -> Row {
    Row {
        seq,
        leaf: leaf_hash(seq, sealed),
        sealed: sealed.to_vec(),
    }
}
