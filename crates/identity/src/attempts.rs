//! Limits on attempts, in memory of a fixed size.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    time::Duration,
};

use parking_lot::Mutex;
use ward_core::Timestamp;

/// Keys that share a lock, and compete for room.
const SLOTS: usize = 16;
/// Groups of slots. 16 x 8,192 keys of 16 bytes: 2 MB, whatever an attacker does.
const GROUPS: usize = 8_192;

/// A limit of so many attempts in a window for each key, given back evenly over the window (the
/// generic cell rate algorithm): one time for a key, instead of a list.
///
/// When a group is full, the key nearest to being forgiven is forgotten first, so that a flood of
/// other keys can't wash out one that is under attack.
pub(crate) struct Attempts {
    groups: Vec<Mutex<[Slot; SLOTS]>>,
    hasher: RandomState,
    /// The time that one attempt costs, in microseconds.
    cost: i64,
    /// The time that may be owed, in microseconds.
    window: i64,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    key: u64,
    /// When the key owes nothing any more; microseconds since 1970.
    clear: i64,
}

impl Attempts {
    /// `limit` attempts in each `window`.
    pub(crate) fn new(limit: u32, window: Duration) -> Self {
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        Self {
            groups: (0..GROUPS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            cost: window / i64::from(limit.max(1)),
            window,
        }
    }

    /// Takes one attempt, before it is made: many at the same time can't pass together.
    ///
    /// # Errors
    /// How long to wait, where none is left.
    pub(crate) fn take(&self, key: &impl Hash, now: Timestamp) -> Result<(), Duration> {
        self.with(key, now, |slot, now| {
            let clear = slot.clear.max(now).saturating_add(self.cost);
            let over = clear.saturating_sub(now.saturating_add(self.window));
            if over > 0 {
                return Err(Duration::from_micros(over.unsigned_abs()));
            }
            slot.clear = clear;
            Ok(())
        })
    }

    /// Gives one attempt back: it succeeded.
    pub(crate) fn give_back(&self, key: &impl Hash, now: Timestamp) {
        self.with(key, now, |slot, now| {
            slot.clear = slot.clear.saturating_sub(self.cost).max(now);
        });
    }

    fn with<T>(&self, key: &impl Hash, now: Timestamp, act: impl FnOnce(&mut Slot, i64) -> T) -> T {
        let now = now.as_micros();
        let key = self.hasher.hash_one(key).max(1);
        let place = usize::try_from(key % GROUPS as u64).unwrap_or(0);
        let Some(group) = self.groups.get(place) else {
            return act(&mut Slot::default(), now);
        };
        let mut group = group.lock();
        let mut chosen = Slot::default();
        let mut best = i64::MAX;
        let mut at = 0;
        for (place, slot) in group.iter().enumerate() {
            if slot.key == key {
                (chosen, at) = (*slot, place);
                break;
            }
            if slot.clear < best {
                (best, at) = (slot.clear, place);
            }
        }
        chosen.key = key;
        let result = act(&mut chosen, now);
        if let Some(slot) = group.get_mut(at) {
            *slot = chosen;
        }
        result
    }
}

/// What counts as one address: of IPv6 the /64, which one host has all of (RFC 6177).
pub(crate) fn neighbourhood(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_mins(15);
    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn five_attempts_pass_and_the_sixth_waits() {
        let attempts = Attempts::new(5, WINDOW);
        for _ in 0..5 {
            assert_eq!(attempts.take(&"mary", START), Ok(()));
        }
        assert_eq!(attempts.take(&"mary", START), Err(Duration::from_mins(3)));
        assert_eq!(attempts.take(&"john", START), Ok(()));
        let later = START + Duration::from_mins(3);
        assert_eq!(attempts.take(&"mary", later), Ok(()));
        assert!(attempts.take(&"mary", later).is_err());
    }

    #[test]
    fn a_success_costs_nothing() {
        let attempts = Attempts::new(5, WINDOW);
        for _ in 0..50 {
            attempts.take(&"mary", START).unwrap();
            attempts.give_back(&"mary", START);
        }
    }

    #[test]
    fn refused_attempts_do_not_make_the_wait_longer() {
        let attempts = Attempts::new(5, WINDOW);
        for _ in 0..10_000 {
            let _ = attempts.take(&"mary", START);
        }
        assert_eq!(attempts.take(&"mary", START), Err(Duration::from_mins(3)));
    }

    #[test]
    fn a_flood_of_names_does_not_forget_the_one_under_attack() {
        let attempts = Attempts::new(5, WINDOW);
        while attempts.take(&"mary", START).is_ok() {}
        for other in 0..1_000_000_u32 {
            let _ = attempts.take(&other, START);
        }
        assert!(attempts.take(&"mary", START).is_err());
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_address() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
