//! A table of a fixed size, by keys that strangers choose.

use std::hash::{BuildHasher, Hash, RandomState};

use parking_lot::Mutex;

/// Keys that share a lock, and compete for room.
const SLOTS: usize = 16;
/// Groups of slots: 131,072 keys of 24 bytes, 3 MB, whatever an attacker does.
const GROUPS: usize = 8_192;

/// What is kept of a key.
pub(crate) trait Slot: Copy + Default {
    /// Where there is no room, what is worth least goes.
    fn worth(&self) -> i64;
}

/// Slots by the hashes of their keys.
type Group<T> = Mutex<[(u64, T); SLOTS]>;

/// Keys by their hash, under a secret of this process: nobody can aim at a group.
pub(crate) struct Slots<T> {
    groups: Vec<Group<T>>,
    hasher: RandomState,
}

impl<T: Slot> Slots<T> {
    pub(crate) fn new() -> Self {
        let empty = [(0, T::default()); SLOTS];
        let groups = (0..GROUPS).map(|_| Mutex::new(empty)).collect();
        Self {
            groups,
            hasher: RandomState::new(),
        }
    }

    /// What is kept of a key.
    pub(crate) fn get(&self, key: &impl Hash) -> Option<T> {
        let (hash, group) = self.group(key)?;
        let group = group.lock();
        group
            .iter()
            .find(|(known, _)| *known == hash)
            .map(|(_, slot)| *slot)
    }

    /// Changes what is kept of a key; a new key takes the place that is worth least.
    pub(crate) fn with<U>(&self, key: &impl Hash, change: impl FnOnce(&mut T) -> U) -> U {
        let Some((hash, group)) = self.group(key) else {
            return change(&mut T::default());
        };
        let mut group = group.lock();
        let known = group.iter_mut().find(|(known, _)| *known == hash);
        if let Some((_, slot)) = known {
            return change(slot);
        }
        let mut slot = T::default();
        let result = change(&mut slot);
        if let Some(least) = group.iter_mut().min_by_key(|(_, slot)| slot.worth()) {
            *least = (hash, slot);
        }
        result
    }

    fn group(&self, key: &impl Hash) -> Option<(u64, &Group<T>)> {
        let hash = self.hasher.hash_one(key).max(1);
        let place = usize::try_from(hash % GROUPS as u64).ok()?;
        Some((hash, self.groups.get(place)?))
    }
}
