//! Ceremonies under way: started, and to be finished once, in time.

use std::{collections::HashMap, collections::VecDeque, time::Duration};

use parking_lot::Mutex;
use ward_core::{Random, Timestamp};

use crate::token::{TokenHash, new_token};

/// What was started and waits for its end, in bounded memory.
///
/// When full, the oldest is forgotten: a flood of starts then shortens the time that people have,
/// where refusing would shut everybody out until the flood expires.
pub(crate) struct Ceremonies<T> {
    waiting: Mutex<Waiting<T>>,
    limit: usize,
    life: Duration,
}

struct Waiting<T> {
    by_id: HashMap<TokenHash, (Timestamp, T)>,
    order: VecDeque<(Timestamp, TokenHash)>,
}

impl<T> Ceremonies<T> {
    pub(crate) fn new(limit: usize, life: Duration) -> Self {
        let waiting = Waiting {
            by_id: HashMap::new(),
            order: VecDeque::new(),
        };
        Self {
            waiting: Mutex::new(waiting),
            limit: limit.max(1),
            life,
        }
    }

    /// Keeps what was started. The id is unguessable.
    pub(crate) fn start(&self, state: T, now: Timestamp, random: &dyn Random) -> String {
        let (id, hash) = new_token(random);
        let mut waiting = self.waiting.lock();
        while waiting.order.len() >= self.limit
            || waiting.order.front().is_some_and(|(end, _)| *end <= now)
        {
            let Some((_, oldest)) = waiting.order.pop_front() else {
                break;
            };
            waiting.by_id.remove(&oldest);
        }
        let end = now + self.life;
        waiting.by_id.insert(hash, (end, state));
        waiting.order.push_back((end, hash));
        id.expose().clone()
    }

    /// Takes it out: whatever comes of it, it was used.
    pub(crate) fn take(&self, id: &str, now: Timestamp) -> Option<T> {
        let hash = TokenHash::of(id)?;
        let (end, state) = self.waiting.lock().by_id.remove(&hash)?;
        (end > now).then_some(state)
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
        let (end, state) = waiting.by_id.get_mut(&hash)?;
        (*end > now).then(|| look(state))
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
        let ceremonies = Ceremonies::new(10, LIFE);
        let id = ceremonies.start(1, START, &SystemRandom);
        assert_eq!(ceremonies.look(&id, START, |state| *state), Some(1));
        assert_eq!(ceremonies.take(&id, START), Some(1));
        assert_eq!(ceremonies.take(&id, START), None);
    }

    #[test]
    fn a_ceremony_ends_with_its_time() {
        let ceremonies = Ceremonies::new(10, LIFE);
        let id = ceremonies.start(1, START, &SystemRandom);
        assert_eq!(ceremonies.take(&id, START + LIFE), None);
        assert_eq!(ceremonies.look(&id, START + LIFE, |state| *state), None);
    }

    #[test]
    fn a_flood_of_starts_is_bounded_and_forgets_the_oldest() {
        let ceremonies = Ceremonies::new(3, LIFE);
        let ids: Vec<String> = (0..5)
            .map(|n| ceremonies.start(n, START, &SystemRandom))
            .collect();
        assert_eq!(ceremonies.waiting.lock().by_id.len(), 3);
        assert_eq!(ceremonies.take(&ids[1], START), None);
        assert_eq!(ceremonies.take(&ids[4], START), Some(4));
    }
}
