//! A clock that moves when a test says so.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use ward_core::{Clock, Timestamp};

/// Stands still at the time it was given, until it is advanced.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows `time`.
    pub const fn at(time: Timestamp) -> Self {
        Self(AtomicI64::new(time.as_micros()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }

    /// Moves the clock to `time`, which may be in its past.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.as_micros(), Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    /// 2026-11-23T12:00:00Z, a Monday.
    fn default() -> Self {
        Self::at(Timestamp::from_seconds(1_795_435_200))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_when_told() {
        let clock = FixedClock::default();
        assert_eq!(clock.now().to_string(), "2026-11-23T12:00:00.000Z");
        clock.advance(Duration::from_mins(1));
        assert_eq!(clock.now().to_string(), "2026-11-23T12:01:00.000Z");
    }
}
