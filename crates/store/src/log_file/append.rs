//! Adding entries to the log.

use rusqlite::Connection;
use ward_core::Timestamp;
use ward_log::{Hash, Tree, leaf_hash};

use crate::{StoreError, checkpoint::Signer};

/// An edge of the tree is stored about every so many entries: what opening hashes at most.
const TREE_EVERY: u64 = 4096;

/// The one writer of a log.
pub(crate) struct Appender {
    connection: Connection,
    signer: Signer,
    tree: Tree,
    leaf: Option<Hash>,
    note: Option<String>,
    stored_tree: u64,
}

/// A sealed entry, ready to be stored.
pub(crate) struct Sealed {
    pub(crate) seq: u64,
    pub(crate) leaf: Hash,
    pub(crate) bytes: Vec<u8>,
}

impl Sealed {
    pub(crate) fn new(seq: u64, sealed: Vec<u8>) -> Self {
        Self {
            seq,
            leaf: leaf_hash(seq, &sealed),
            bytes: sealed,
        }
    }
}

impl Appender {
    pub(super) fn new(
        connection: Connection,
        signer: Signer,
        tree: Tree,
        leaf: Option<Hash>,
        note: Option<String>,
    ) -> Self {
        let stored_tree = tree.size();
        Self {
            connection,
            signer,
            tree,
            leaf,
            note,
            stored_tree,
        }
    }

    /// The number of entries, and so the next one's place.
    pub(crate) const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The leaf of the last entry.
    pub(crate) const fn leaf(&self) -> Option<Hash> {
        self.leaf
    }

    /// The latest checkpoint.
    pub(crate) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Writes entries and the checkpoint over them in one transaction. When this returns, they are
    /// on the disk.
    ///
    /// # Errors
    /// Where SQLite fails. Whether the entries are on the disk is then not known, and nothing may
    /// be appended any more.
    pub(crate) fn append(&mut self, entries: &[Sealed], time: Timestamp) -> Result<(), StoreError> {
        // What can't be written was never there.
        let mut grown = self.tree.clone();
        for entry in entries {
            grown.append(entry.leaf);
        }
        let size = grown.size();
        let note = self.signer.sign(&grown, time);
        let tree = (size >= self.stored_tree + TREE_EVERY).then(|| grown.to_bytes());
        self.write(entries, size, &note, tree.as_deref())
            .map_err(StoreError::log)?;
        self.tree = grown;
        if tree.is_some() {
            self.stored_tree = size;
        }
        self.leaf = entries.last().map(|last| last.leaf).or(self.leaf);
        self.note = Some(note);
        Ok(())
    }

    fn write(
        &self,
        entries: &[Sealed],
        size: u64,
        note: &str,
        tree: Option<&[u8]>,
    ) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO entries(seq, leaf, sealed) VALUES (?1, ?2, ?3)")?;
        for entry in entries {
            insert.execute((entry.seq, entry.leaf.0.as_slice(), &entry.bytes))?;
        }
        self.connection
            .prepare_cached("INSERT INTO checkpoints(size, note) VALUES (?1, ?2)")?
            .execute((size, note))?;
        if let Some(tree) = tree {
            self.connection
                .prepare_cached("INSERT INTO trees(size, tree) VALUES (?1, ?2)")?
                .execute((size, tree))?;
        }
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}
