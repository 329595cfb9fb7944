//! The offline check of a whole log, or of what was added since the last check.

use crate::{
    Checkpoint, Fault, FirstBad, Hash, NotHeld, Tree, VerifiedPosition, VerifierKey, leaf_hash,
};

/// An entry as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct StoredEntry<'a> {
    /// Its place, from 0.
    pub seq: u64,
    /// The leaf stored beside it.
    pub leaf: Hash,
    /// The sealed bytes.
    pub sealed: &'a [u8],
}

/// Checks a log in one pass, in constant memory, without a key to its contents.
///
/// Feed it the entries in order, and each stored checkpoint as soon as the entries before it are fed:
/// for a checkpoint stored under size `n`, after every stored entry with `seq < n`. The first error is
/// the answer; then stop.
///
/// A signature takes as long to check as fifty entries. Leaving checkpoints out but the last is sound
/// as well: every change of an entry is found, and the range that a fault names is wider.
#[derive(Debug)]
pub struct Verifier {
    origin: String,
    keys: Vec<VerifierKey>,
    tree: Tree,
    start: u64,
    signed: u64,
    latest: Option<Checkpoint>,
    /// Those not reached yet, the nearest last.
    remembered: Vec<Checkpoint>,
}

/// What a check found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the next check may begin.
    pub position: VerifiedPosition,
    /// The entries read in this check.
    pub checked: u64,
    /// The latest checkpoint read in this check.
    pub checkpoint: Option<Checkpoint>,
}

impl Verifier {
    /// Checks the log `origin`, signed by any of `keys`, from its beginning.
    pub fn new(origin: &str, keys: Vec<VerifierKey>) -> Self {
        Self {
            origin: origin.into(),
            keys,
            tree: Tree::new(),
            start: 0,
            signed: 0,
            latest: None,
            remembered: Vec::new(),
        }
    }

    /// Checks what was added since `position`: entries before it are not read again, so what was done
    /// to them since is not found. `held` is one more than the highest `seq` stored, 0 of none.
    ///
    /// # Errors
    /// [`Fault::Truncated`], where the log holds fewer entries than were verified before.
    pub fn resume(
        position: VerifiedPosition,
        keys: Vec<VerifierKey>,
        held: u64,
    ) -> Result<Self, FirstBad> {
        let size = position.tree.size();
        if held < size {
            return Err(FirstBad {
                seq: held,
                fault: Fault::Truncated { remembered: size },
                signed: held,
            });
        }
        let fresh = Self::new(&position.origin, keys);
        Ok(Self {
            tree: position.tree,
            start: size,
            signed: size,
            ..fresh
        })
    }

    /// Also checks that the log still holds what it held at a checkpoint seen before, kept by a
    /// witness: this finds a log cut short together with its checkpoints, or rewritten by whoever has
    /// its key.
    ///
    /// # Errors
    /// [`NotHeld::Passed`], where the check has passed it, or resumes from after it: then it must begin
    /// earlier. [`NotHeld::Bad`] with [`Fault::Rewritten`], where it speaks against the position that
    /// this check resumes from.
    pub fn remember(&mut self, checkpoint: Checkpoint) -> Result<(), NotHeld> {
        let (size, at) = (checkpoint.size, self.tree.size());
        if size < at {
            return Err(NotHeld::Passed { size, at });
        }
        let place = self
            .remembered
            .partition_point(|other| other.size > checkpoint.size);
        self.remembered.insert(place, checkpoint);
        Ok(self.compare_remembered()?)
    }

    /// The entries fed so far, and those verified before.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Takes the next stored entry.
    ///
    /// # Errors
    /// [`FirstBad`], where it is not the next one, or its bytes are not those of its leaf.
    pub fn feed(&mut self, entry: &StoredEntry<'_>) -> Result<(), FirstBad> {
        let next = self.tree.size();
        if entry.seq > next {
            return Err(self.bad(next, Fault::Missing));
        }
        if entry.seq < next {
            return Err(self.bad(entry.seq, Fault::OutOfOrder));
        }
        if leaf_hash(entry.seq, entry.sealed) != entry.leaf {
            return Err(self.bad(entry.seq, Fault::Edited));
        }
        self.tree.append(entry.leaf);
        self.compare_remembered()
    }

    /// Takes the checkpoint stored under `size`, which is that of the entries fed so far.
    ///
    /// # Errors
    /// [`FirstBad`], where it is not signed by a key of this log, or not for this size, or does not
    /// fit the entries.
    pub fn checkpoint(&mut self, size: u64, note: &str) -> Result<(), FirstBad> {
        let forged = self.since_signed(Fault::CheckpointForged { until: size });
        let checkpoint = Checkpoint::verify(note, &self.keys).map_err(|_| forged)?;
        let here = self.tree.size();
        if checkpoint.origin != self.origin || checkpoint.size != size || size < here {
            return Err(forged);
        }
        if size > here {
            return Err(self.bad(here, Fault::Missing));
        }
        if checkpoint.root != self.tree.root() {
            return Err(self.since_signed(Fault::Rewritten { until: size }));
        }
        self.signed = size;
        self.latest = Some(checkpoint);
        Ok(())
    }

    /// Ends the check, when all entries and checkpoints are fed.
    ///
    /// # Errors
    /// [`FirstBad`], where entries follow the last checkpoint, or remembered ones are not there.
    pub fn finish(self) -> Result<Verified, FirstBad> {
        let size = self.tree.size();
        if let Some(Checkpoint {
            size: remembered, ..
        }) = self.remembered.first()
        {
            let fault = Fault::Truncated {
                remembered: *remembered,
            };
            return Err(self.bad(size, fault));
        }
        if size > self.signed {
            return Err(self.since_signed(Fault::Unsigned));
        }
        Ok(Verified {
            position: VerifiedPosition {
                origin: self.origin,
                tree: self.tree,
            },
            checked: size - self.start,
            checkpoint: self.latest,
        })
    }

    /// A fault of the entry `seq`, as found now.
    pub const fn bad(&self, seq: u64, fault: Fault) -> FirstBad {
        FirstBad {
            seq,
            fault,
            signed: self.signed,
        }
    }

    const fn since_signed(&self, fault: Fault) -> FirstBad {
        self.bad(self.signed, fault)
    }

    /// Compares those of this size: the tree grows by one, so that none is passed.
    fn compare_remembered(&mut self) -> Result<(), FirstBad> {
        let size = self.tree.size();
        while let Some(next) = self.remembered.pop_if(|next| next.size == size) {
            if next.root != self.tree.root() || next.origin != self.origin {
                return Err(self.since_signed(Fault::Rewritten { until: size }));
            }
        }
        Ok(())
    }
}
