//! The tree of a log, kept as its right edge.

use crate::{Hash, LogError, node_hash};

/// The RFC 6962 tree of the leaves appended so far, as the roots of its complete subtrees, the
/// largest first: one for each bit of its size, which is all that appending and the root need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

/// Far more entries than can be written, so that counting them never overflows.
const MAX_SIZE: u64 = 1 << 62;

impl Tree {
    /// An empty tree.
    pub const fn new() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf at the end.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The tree head (RFC 6962 2.1). Of an empty tree: the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return Hash::of(&[]);
        };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// `size (8, big-endian) | peaks (32 each)`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let peaks = self.peaks.iter().flat_map(|peak| peak.0);
        self.size.to_be_bytes().into_iter().chain(peaks).collect()
    }

    /// Reads what [`Tree::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`LogError::Malformed`], where the number of peaks is not that of the size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        let (size, rest) = bytes
            .split_first_chunk()
            .ok_or(LogError::Malformed("tree"))?;
        let size = u64::from_be_bytes(*size);
        if size > MAX_SIZE {
            return Err(LogError::Malformed("tree"));
        }
        let (peaks, rest) = rest.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(LogError::Malformed("tree"));
        }
        Ok(Self {
            size,
            peaks: peaks.iter().copied().map(Hash).collect(),
        })
    }
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        leaves.into_iter().fold(Self::new(), |mut tree, leaf| {
            tree.append(leaf);
            tree
        })
    }
}
