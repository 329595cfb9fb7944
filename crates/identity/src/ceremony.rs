//! Ceremonies under way: started, and to be finished once, in time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use parking_lot::Mutex;
use ward_core::{Random, Timestamp};

use crate::token::{TokenHash, new_token};

/// What was started and waits for its end, in bounded memory.
///
/// When there is no room, the oldest is forgotten: a flood of starts then shortens the time that
/// people have, where refusing would shut everybody out until the flood expires. Each owner has a
/// share of the room, so that a flood takes that time from its own owner first: from an address,
/// or an account.
pub(crate) struct Ceremonies<T> {
    waiting: Mutex<Waiting<T>>,
    limit: usize,
    share: usize,
    life: Duration,
}

struct Waiting<T> {
    by_id: HashMap<TokenHash, Ceremony<T>>,
    /// By their numbers: in the order of their starts, and so of their ends.
    order: BTreeMap<u64, TokenHash>,
    by_owner: HashMap<u128, BTreeSet<u64>>,
    next: u64,
}

struct Ceremony<T> {
    number: u64,
    owner: u128,
    end: Timestamp,
    state: T,
}

impl<T> Ceremonies<T> {
    /// Room for `limit`, and for `share` of one owner.
    pub(crate) fn new(limit: usize, share: usize, life: Duration) -> Self {
        let waiting = Waiting {
            by_id: HashMap::new(),
            order: BTreeMap::new(),
            by_owner: HashMap::new(),
            next: 0,
        };
        Self {
            waiting: Mutex::new(waiting),
            limit: limit.max(1),
            share: share.max(1),
            life,
        }
    }

    /// Keeps what was started. The id is unguessable.
    pub(crate) fn start(
        &self,
        owner: u128,
        state: T,
        now: Timestamp,
        random: &dyn Random,
    ) -> String {
        let (id, hash) = new_token(random);
        let mut waiting = self.waiting.lock();
        waiting.make_room(owner, self.limit, self.share, now);
        let number = waiting.next;
        waiting.next += 1;
        let ceremony = Ceremony {
            number,
            owner,
            end: now + self.life,
            state,
        };
        waiting.by_id.insert(hash, ceremony);
        waiting.order.insert(number, hash);
        waiting.by_owner.entry(owner).or_default().insert(number);
        id.expose().clone()
    }

    /// Takes it out: whatever comes of it, it was used.
    pub(crate) fn take(&self, id: &str, now: Timestamp) -> Option<T> {
        let hash = TokenHash::of(id)?;
        let ceremony = self.waiting.lock().remove(&hash)?;
        (ceremony.end > now).then_some(ceremony.state)
    }

    /// Looks at it, and leaves it.
    pub(crate) fn look<U>(
        &self,
        id: &str,
        now: Timestamp,
        look: impl FnOnce(&mut T) -> U,
    ) -> Option<U> {
        let hash = TokenHash::of(id)?;
        let mut waiting = self.waiting.lock();
        let ceremony = waiting.by_id.get_mut(&hash)?;
        (ceremony.end > now).then(|| look(&mut ceremony.state))
    }
}

impl<T> Waiting<T> {
    /// Forgets what is over, and the oldest where one more would be too many: of the owner's
    /// first, so that whoever starts too many makes nobody else's room smaller.
    fn make_room(&mut self, owner: u128, limit: usize, share: usize, now: Timestamp) {
        let oldest_of_owner = |waiting: &Self| {
            let own = waiting.by_owner.get(&owner)?;
            let oldest = own.first().filter(|_| own.len() >= share)?;
            waiting.order.get(oldest).copied()
        };
        while let Some(hash) = oldest_of_owner(self) {
            self.remove(&hash);
        }
        let oldest = |waiting: &Self| {
            let (_, hash) = waiting.order.first_key_value()?;
            let is_over = waiting.by_id.get(hash).is_none_or(|of| of.end <= now);
            (is_over || waiting.by_id.len() >= limit).then_some(*hash)
        };
        while let Some(hash) = oldest(self) {
            self.remove(&hash);
        }
    }

    fn remove(&mut self, hash: &TokenHash) -> Option<Ceremony<T>> {
        let ceremony = self.by_id.remove(hash)?;
        self.order.remove(&ceremony.number);
        if let Some(own) = self.by_owner.get_mut(&ceremony.owner) {
            own.remove(&ceremony.number);
            if own.is_empty() {
                self.by_owner.remove(&ceremony.owner);
            }
        }
        Some(ceremony)
    }
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;

    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);
    const LIFE: Duration = Duration::from_mins(5);

    #[test]
    fn a_ceremony_is_finished_once() {
        let ceremonies = Ceremonies::new(10, 10, LIFE);
        let id = ceremonies.start(7, 1, START, &SystemRandom);
        assert_eq!(ceremonies.look(&id, START, |state| *state), Some(1));
        assert_eq!(ceremonies.take(&id, START), Some(1));
        assert_eq!(ceremonies.take(&id, START), None);
    }

    #[test]
    fn a_ceremony_ends_with_its_time() {
        let ceremonies = Ceremonies::new(10, 10, LIFE);
        let id = ceremonies.start(7, 1, START, &SystemRandom);
        assert_eq!(ceremonies.take(&id, START + LIFE), None);
        assert_eq!(ceremonies.look(&id, START + LIFE, |state| *state), None);
    }

    #[test]
    fn a_flood_of_starts_is_bounded_and_forgets_the_oldest() {
        let ceremonies = Ceremonies::new(3, 3, LIFE);
        let ids: Vec<String> = (0..5_u32)
            .map(|n| ceremonies.start(n.into(), n, START, &SystemRandom))
            .collect();
        assert_eq!(ceremonies.waiting.lock().by_id.len(), 3);
        assert_eq!(ceremonies.take(&ids[1], START), None);
        assert_eq!(ceremonies.take(&ids[4], START), Some(4));
    }

    /// The attack: one address starts without end, to push out what others have started.
    #[test]
    fn a_flood_of_one_owner_takes_room_from_no_other() {
        let ceremonies = Ceremonies::new(10, 4, LIFE);
        let others: Vec<String> = (0..6)
            .map(|n| ceremonies.start(n, 0, START, &SystemRandom))
            .collect();
        let flood: Vec<String> = (0..1_000)
            .map(|n| ceremonies.start(99, n, START, &SystemRandom))
            .collect();
        for other in others {
            assert_eq!(ceremonies.take(&other, START), Some(0));
        }
        assert_eq!(ceremonies.take(&flood[995], START), None);
        for last in &flood[996..] {
            assert!(ceremonies.take(last, START).is_some());
        }
    }

    #[test]
    fn what_is_finished_or_over_takes_no_room() {
        let ceremonies = Ceremonies::new(10, 4, LIFE);
        for n in 0..1_000_u32 {
            let id = ceremonies.start(7, n, START, &SystemRandom);
            assert_eq!(ceremonies.take(&id, START), Some(n));
        }
        ceremonies.start(7, 0, START, &SystemRandom);
        ceremonies.start(8, 0, START + LIFE, &SystemRandom);
        let waiting = ceremonies.waiting.lock();
        let (all, order, owners) = (&waiting.by_id, &waiting.order, &waiting.by_owner);
        assert_eq!((all.len(), order.len(), owners.len()), (1, 1, 1));
    }
}
