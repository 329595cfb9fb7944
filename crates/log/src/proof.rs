//! Proofs that an entry is in the log, and that one head follows another (RFC 6962 2.1; RFC 9162 2.1).

use std::ops::Range;

use crate::{Hash, LogError, node_hash};

/// Proves that the leaf `index` is in the tree of `size` leaves: its audit path, from the leaf up.
///
/// `subtree` gives the root of a range of leaves: [`Tree`](crate::Tree) collects it from them.
///
/// # Errors
/// Those of `subtree`.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    mut subtree: impl FnMut(Range<u64>) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while index < size && end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push(middle..end);
            end = middle;
        } else {
            siblings.push(start..middle);
            start = middle;
        }
    }
    siblings.into_iter().rev().map(&mut subtree).collect()
}

/// Proves that the tree of `new` leaves only appends to that of `old` leaves.
///
/// # Errors
/// Those of `subtree`: see [`inclusion`].
pub fn consistency<E>(
    old: u64,
    new: u64,
    mut subtree: impl FnMut(Range<u64>) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut start, mut end) = (0, new);
    let mut ranges = Vec::new();
    while 0 < old && old < end {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    if start > 0 {
        ranges.push(start..end);
    }
    ranges.into_iter().rev().map(&mut subtree).collect()
}

/// Checks an inclusion proof (RFC 9162 2.1.3.2).
///
/// # Errors
/// [`LogError::BadProof`], where it does not lead from `leaf` to `root`.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), LogError> {
    if index >= size {
        return Err(LogError::BadProof);
    }
    let (mut at, mut last, mut node) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(LogError::BadProof);
        }
        if at & 1 == 1 || at == last {
            node = node_hash(sibling, &node);
            (at, last) = climb_to_right_child(at, last);
        } else {
            node = node_hash(&node, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    proven(last == 0 && node == root)
}

/// Checks a consistency proof (RFC 9162 2.1.4.2).
///
/// # Errors
/// [`LogError::BadProof`], where `new_root` is not shown to append to `old_root`.
pub fn verify_consistency(
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), LogError> {
    if old == 0 || old >= new {
        let same = old == new && old_root == new_root;
        return proven(proof.is_empty() && (same || old == 0 && new > 0));
    }
    // Where the old tree is complete, its root begins the path without being told.
    let (first, rest) = match proof {
        rest if old.is_power_of_two() => (&old_root, rest),
        [first, rest @ ..] => (first, rest),
        [] => return Err(LogError::BadProof),
    };
    let shift = (old - 1).trailing_ones();
    let (mut at, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_node, mut new_node) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(LogError::BadProof);
        }
        if at & 1 == 1 || at == last {
            old_node = node_hash(sibling, &old_node);
            new_node = node_hash(sibling, &new_node);
            (at, last) = climb_to_right_child(at, last);
        } else {
            new_node = node_hash(&new_node, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    proven(last == 0 && old_node == old_root && new_node == new_root)
}

/// The largest power of two that is less than `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// At the right edge a node may have no sibling on some levels: those are passed over.
const fn climb_to_right_child(mut at: u64, mut last: u64) -> (u64, u64) {
    while at & 1 == 0 && at != 0 {
        at >>= 1;
        last >>= 1;
    }
    (at, last)
}

const fn proven(holds: bool) -> Result<(), LogError> {
    if holds {
        Ok(())
    } else {
        Err(LogError::BadProof)
    }
}
