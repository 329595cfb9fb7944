//! Failed sign-ins, written down at a bounded rate.

use parking_lot::Mutex;
use ward_core::{Timestamp, limits};

/// How many failures an organisation's log took in this minute, and how many it did not.
#[derive(Default)]
pub(crate) struct Failures(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    number: i64,
    written: u32,
    withheld: u64,
}

impl Failures {
    /// Whether one more may be written down. It depends on the time alone, not on whether the
    /// account exists.
    pub(crate) fn admit(&self, now: Timestamp) -> bool {
        let mut minute = self.0.lock();
        let number = now.as_seconds().div_euclid(60);
        if minute.number != number {
            (minute.number, minute.written) = (number, 0);
        }
        let admitted = minute.written < limits::FAILURES_LOGGED;
        if admitted {
            minute.written += 1;
        } else {
            minute.withheld += 1;
        }
        admitted
    }

    /// How many were withheld since this was last asked.
    pub(crate) fn take_withheld(&self) -> u64 {
        std::mem::take(&mut self.0.lock().withheld)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_of_failures_is_counted_and_not_written() {
        let failures = Failures::default();
        let now = Timestamp::from_seconds(1_000_000);
        let written = (0..10_000).filter(|_| failures.admit(now)).count();
        assert_eq!(written, 60);
        assert_eq!(failures.take_withheld(), 9_940);
        assert_eq!(failures.take_withheld(), 0);
        assert!(failures.admit(now + Duration::from_mins(1)));
    }
}
