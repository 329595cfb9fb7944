//! What was used, so that it is used once.

use std::{collections::HashSet, mem, time::Duration};

use aws_lc_rs::digest::{Context, SHA256};
use parking_lot::Mutex;
use ward_core::Timestamp;

/// Parts with a lock of their own.
const SHARDS: usize = 64;

/// Remembers ids for at least their life, in bounded memory.
///
/// Two generations, each of one life: an id is forgotten with its whole generation, so that
/// forgetting costs nothing per id.
pub(crate) struct Replay {
    shards: Vec<Mutex<Shard>>,
    /// Ids in a shard, at most.
    limit: usize,
    life_micros: i64,
}

#[derive(Default)]
struct Shard {
    generation: i64,
    current: HashSet<[u8; 16]>,
    previous: HashSet<[u8; 16]>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The first use.
    First,
    /// It was used before.
    Again,
    /// There is no room to remember it: it can't be let through, as it could come again.
    Full,
}

impl Replay {
    /// `limit` ids are remembered at most, each for `life` at least.
    pub(crate) fn new(limit: usize, life: Duration) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            limit: limit / SHARDS,
            life_micros: i64::try_from(life.as_micros()).unwrap_or(i64::MAX).max(1),
        }
    }

    /// Uses an id of an owner: another owner may use the same one.
    pub(crate) fn once(&self, owner: &[u8], id: &[u8], now: Timestamp) -> Use {
        let key = key(owner, id);
        let [first, ..] = key;
        let Some(shard) = self.shards.get(usize::from(first) % SHARDS) else {
            return Use::Full;
        };
        let mut shard = shard.lock();
        shard.turn(now.as_micros().div_euclid(self.life_micros));
        if shard.previous.contains(&key) {
            return Use::Again;
        }
        let is_full = shard.current.len() + shard.previous.len() >= self.limit;
        if is_full {
            return if shard.current.contains(&key) {
                Use::Again
            } else {
                Use::Full
            };
        }
        if shard.current.insert(key) {
            Use::First
        } else {
            Use::Again
        }
    }
}

impl Shard {
    /// Goes on to the generation of the time. A clock that runs back forgets nothing.
    fn turn(&mut self, generation: i64) {
        if generation <= self.generation {
            return;
        }
        let passed = mem::take(&mut self.current);
        self.previous = if generation == self.generation + 1 {
            passed
        } else {
            HashSet::new()
        };
        self.generation = generation;
    }
}

fn key(owner: &[u8], id: &[u8]) -> [u8; 16] {
    let mut context = Context::new(&SHA256);
    context.update(&owner.len().to_be_bytes());
    context.update(owner);
    context.update(id);
    let mut key = [0; 16];
    for (to, from) in key.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);
    const LIFE: Duration = Duration::from_mins(2);

    #[test]
    fn an_id_is_used_once_by_each_owner() {
        let replay = Replay::new(6400, LIFE);
        assert_eq!(replay.once(b"a", b"1", START), Use::First);
        assert_eq!(replay.once(b"a", b"1", START), Use::Again);
        assert_eq!(replay.once(b"b", b"1", START), Use::First);
        assert_eq!(replay.once(b"", b"a1", START), Use::First);
    }

    #[test]
    fn an_id_is_remembered_for_its_life_and_then_forgotten() {
        let replay = Replay::new(6400, LIFE);
        for offset in 0..60 {
            let begin = START + Duration::from_secs(offset * 600 + offset);
            let id = offset.to_be_bytes();
            assert_eq!(replay.once(b"a", &id, begin), Use::First);
            assert_eq!(replay.once(b"a", &id, begin + LIFE), Use::Again);
            assert_eq!(replay.once(b"a", &id, begin + LIFE * 3), Use::First);
        }
    }

    #[test]
    fn a_full_memory_refuses_and_does_not_forget() {
        let replay = Replay::new(64 * 4, LIFE);
        let mut seen = Vec::new();
        for id in 0..10_000_u32 {
            if replay.once(b"a", &id.to_be_bytes(), START) == Use::First {
                seen.push(id);
            }
        }
        assert_eq!(seen.len(), 256);
        for id in seen {
            assert_eq!(replay.once(b"a", &id.to_be_bytes(), START), Use::Again);
        }
        assert_eq!(replay.once(b"a", b"new", START), Use::Full);
        assert_eq!(replay.once(b"a", b"new", START + LIFE * 3), Use::First);
    }
}
