//! Limits on attempts, in memory of a fixed size.

use std::{hash::Hash, net::IpAddr, time::Duration};

use ward_core::{Timestamp, limits, neighbourhood, network};

use crate::slots::{Slot, Slots};

/// After each so many failures in a row (the limit of the window), the next cost twice as much,
/// at most 2^5 times: whoever has the password can't go through the codes of a year.
const DOUBLINGS: u32 = 5;
/// A key that owed nothing for so long begins anew.
const FORGIVEN: Duration = Duration::from_hours(24);

/// A limit of so many attempts in a window for each key, given back evenly over the window (the
/// generic cell rate algorithm): one time for a key, instead of a list.
///
/// When memory is full, the key nearest to being forgiven is forgotten first, so that a flood of
/// other keys can't wash out one that is under attack.
pub(crate) struct Attempts {
    slots: Slots<Owed>,
    limit: u32,
    /// The time that one attempt costs, in microseconds.
    cost: i64,
    /// The time that may be owed, in microseconds.
    window: i64,
    /// How often the cost doubles for who goes on failing, at most.
    doublings: u32,
}

/// What an attempt took: the time that is owed for it, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) struct Taken(i64);

#[derive(Clone, Copy, Default)]
struct Owed {
    /// When the key owes nothing any more; microseconds since 1970.
    clear: i64,
    /// Attempts in a row that were not given back.
    failures: u32,
}

impl Slot for Owed {
    fn worth(&self) -> i64 {
        self.clear
    }
}

impl Attempts {
    /// `limit` attempts in each `window`. It never grows stricter: for keys that strangers share.
    pub(crate) fn even(limit: u32, window: Duration) -> Self {
        let window = micros(window);
        let limit = limit.max(1);
        Self {
            slots: Slots::new(),
            limit,
            cost: window / i64::from(limit),
            window,
            doublings: 0,
        }
    }

    /// `limit` attempts in each `window`, and fewer for who goes on failing, until one succeeds:
    /// for keys that one account has to itself.
    pub(crate) fn stricter(limit: u32, window: Duration) -> Self {
        Self {
            doublings: DOUBLINGS,
            ..Self::even(limit, window)
        }
    }

    /// Takes one attempt, before it is made: many at the same time can't pass together.
    ///
    /// # Errors
    /// How long to wait, where none is left.
    pub(crate) fn take(&self, key: &impl Hash, now: Timestamp) -> Result<Taken, Duration> {
        let now = now.as_micros();
        self.slots.with(key, |owed| {
            if now.saturating_sub(owed.clear) > micros(FORGIVEN) {
                *owed = Owed::default();
            }
            let doublings = (owed.failures / self.limit).min(self.doublings);
            let cost = self.cost.saturating_mul(1 << doublings);
            let clear = owed.clear.max(now).saturating_add(cost);
            // What costs more than a window is owed alone.
            let may_owe = self.window.max(cost);
            let over = clear.saturating_sub(now.saturating_add(may_owe));
            if over > 0 {
                return Err(Duration::from_micros(over.unsigned_abs()));
            }
            *owed = Owed {
                clear,
                failures: owed.failures.saturating_add(1),
            };
            Ok(Taken(cost))
        })
    }

    /// Gives one attempt back, and all that it took: it was none.
    pub(crate) fn give_back(&self, key: &impl Hash, Taken(cost): Taken, now: Timestamp) {
        self.slots.with(key, |owed| {
            owed.clear = owed.clear.saturating_sub(cost).max(now.as_micros());
            owed.failures = owed.failures.saturating_sub(1);
        });
    }

    /// An attempt succeeded: nothing is owed for it, nor for the failures in a row before it but
    /// their time.
    pub(crate) fn succeeded(&self, key: &impl Hash, taken: Taken, now: Timestamp) {
        self.give_back(key, taken, now);
        self.slots.with(key, |owed| owed.failures = 0);
    }
}

/// Limits by where attempts come from, on all names together: an address, and the network that
/// one attacker may have all addresses of.
pub(crate) struct ByOrigin {
    addresses: Attempts,
    networks: Attempts,
}

/// What an attempt took of its address, and of its network.
#[derive(Clone, Copy)]
#[must_use]
pub(crate) struct TakenOfOrigin(Taken, Taken);

impl ByOrigin {
    /// `limit` attempts of each address in each `window`.
    pub(crate) fn new(limit: u32, window: Duration) -> Self {
        Self {
            addresses: Attempts::even(limit, window),
            networks: Attempts::even(limit.saturating_mul(limits::ADDRESSES_PER_NETWORK), window),
        }
    }

    /// Takes one attempt of both, or of none.
    ///
    /// # Errors
    /// How long to wait, where none is left.
    pub(crate) fn take(&self, from: IpAddr, now: Timestamp) -> Result<TakenOfOrigin, Duration> {
        let network = network(from);
        let of_network = self.networks.take(&network, now)?;
        let of_address = self
            .addresses
            .take(&neighbourhood(from), now)
            .inspect_err(|_| self.networks.give_back(&network, of_network, now))?;
        Ok(TakenOfOrigin(of_address, of_network))
    }

    /// Gives one attempt back: it was none, or no failure.
    pub(crate) fn give_back(&self, from: IpAddr, taken: TakenOfOrigin, now: Timestamp) {
        let TakenOfOrigin(of_address, of_network) = taken;
        self.addresses
            .give_back(&neighbourhood(from), of_address, now);
        self.networks.give_back(&network(from), of_network, now);
    }
}

/// The address from which an account signed in of late: attempts from there are counted apart, so
/// that attackers elsewhere can't use up what its owner has.
pub(crate) struct Familiar(Slots<Seen>);

/// How long a place stays familiar.
const FAMILIAR: Duration = Duration::from_hours(24 * 30);

#[derive(Clone, Copy, Default)]
struct Seen(i64);

impl Slot for Seen {
    fn worth(&self) -> i64 {
        self.0
    }
}

impl Familiar {
    pub(crate) fn new() -> Self {
        Self(Slots::new())
    }

    pub(crate) fn remember(&self, pair: &impl Hash, now: Timestamp) {
        self.0.with(pair, |seen| seen.0 = now.as_micros());
    }

    pub(crate) fn knows(&self, pair: &impl Hash, now: Timestamp) -> bool {
        let since = (now - FAMILIAR).as_micros();
        self.0.get(pair).is_some_and(|Seen(at)| at > since)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_mins(15);
    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn five_attempts_pass_and_the_sixth_waits() {
        let attempts = Attempts::stricter(5, WINDOW);
        for _ in 0..5 {
            assert!(attempts.take(&"mary", START).is_ok());
        }
        assert!(attempts.take(&"mary", START).is_err());
        assert!(attempts.take(&"john", START).is_ok());
        let later = START + Duration::from_mins(6);
        assert!(attempts.take(&"mary", later).is_ok());
        assert!(attempts.take(&"mary", later).is_err());
    }

    #[test]
    fn a_success_costs_nothing() {
        let attempts = Attempts::stricter(5, WINDOW);
        for _ in 0..50 {
            let taken = attempts.take(&"mary", START).unwrap();
            attempts.succeeded(&"mary", taken, START);
        }
    }

    #[test]
    fn what_is_given_back_is_what_was_taken() {
        let attempts = Attempts::stricter(5, WINDOW);
        let mut now = START;
        for _ in 0..40 {
            while attempts.take(&"mary", now).is_err() {
                now = now + Duration::from_mins(1);
            }
        }
        now = now + Duration::from_hours(2);
        for _ in 0..50 {
            let taken = attempts.take(&"mary", now).unwrap();
            attempts.give_back(&"mary", taken, now);
        }
    }

    /// An address that many share: whatever was mistyped behind it, for however long.
    #[test]
    fn an_address_never_gets_less_than_its_limit() {
        let origins = ByOrigin::new(30, WINDOW);
        let hospital = "192.0.2.1".parse().unwrap();
        let mut now = START;
        for _ in 0..1_000 {
            while origins.take(hospital, now).is_err() {
                now = now + Duration::from_secs(30);
            }
        }
        now = now + WINDOW;
        let passed = (0..100).filter(|_| origins.take(hospital, now).is_ok());
        assert_eq!(passed.count(), 30);
    }

    #[test]
    fn one_ipv6_network_is_no_more_than_a_few_addresses() {
        let origins = ByOrigin::new(30, WINDOW);
        let from = |text: &str| text.parse::<IpAddr>().unwrap();
        let attack = |n: u32| from(&format!("2001:db8:5:{:x}::1", n % 65_536));
        let passed = (0..100_000).filter(|n| origins.take(attack(*n), START).is_ok());
        assert_eq!(passed.count(), 300);
        assert!(origins.take(from("2001:db8:6::1"), START).is_ok());
        let last = from("2001:db8:5:ffff::1");
        for _ in 0..100 {
            assert!(origins.take(last, START).is_err());
        }
        let later = START + WINDOW;
        let passed = (0..100).filter(|_| origins.take(last, later).is_ok());
        assert_eq!(
            passed.count(),
            30,
            "what the network lacked cost the address nothing"
        );
    }

    #[test]
    fn what_an_origin_is_given_back_was_none() {
        let origins = ByOrigin::new(30, WINDOW);
        let hospital = "2001:db8::1".parse().unwrap();
        for _ in 0..10_000 {
            let taken = origins.take(hospital, START).unwrap();
            origins.give_back(hospital, taken, START);
        }
    }

    #[test]
    fn refused_attempts_do_not_make_the_wait_longer() {
        let attempts = Attempts::stricter(5, WINDOW);
        while attempts.take(&"mary", START).is_ok() {}
        let wait = attempts.take(&"mary", START);
        for _ in 0..10_000 {
            assert_eq!(attempts.take(&"mary", START), wait);
        }
    }

    #[test]
    fn who_goes_on_guessing_gets_few_guesses() {
        let attempts = Attempts::stricter(5, WINDOW);
        let guesses = |from: u64, minutes: u64| {
            (from..from + minutes)
                .filter(|minute| {
                    attempts
                        .take(&"mary", START + Duration::from_secs(minute * 60))
                        .is_ok()
                })
                .count()
        };
        let day = guesses(0, 24 * 60);
        assert!((25..=45).contains(&day), "{day} on the first day");
        let another = guesses(24 * 60, 24 * 60);
        assert!(another <= 15, "{another} on each day after it");
        let (success, rest) = (Duration::from_hours(50), Duration::from_hours(52));
        let (success, rest) = (START + success, START + rest);
        let taken = attempts.take(&"mary", success).unwrap();
        attempts.succeeded(&"mary", taken, success);
        assert!(attempts.take(&"mary", rest).is_ok());
        assert!(attempts.take(&"mary", rest).is_ok());
    }

    #[test]
    fn a_flood_of_names_does_not_forget_the_one_under_attack() {
        let attempts = Attempts::stricter(5, WINDOW);
        while attempts.take(&"mary", START).is_ok() {}
        for other in 0..1_000_000_u32 {
            let _ = attempts.take(&other, START);
        }
        assert!(attempts.take(&"mary", START).is_err());
    }

    #[test]
    fn a_place_is_familiar_for_a_month() {
        let familiar = Familiar::new();
        familiar.remember(&("mary", 1), START);
        assert!(familiar.knows(&("mary", 1), START + Duration::from_hours(24 * 29)));
        assert!(!familiar.knows(&("mary", 1), START + Duration::from_hours(24 * 30)));
        assert!(!familiar.knows(&("mary", 2), START) && !familiar.knows(&("john", 1), START));
    }
}
