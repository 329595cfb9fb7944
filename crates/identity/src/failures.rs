//! Failed sign-ins, written down at a bounded rate.

use std::mem;

use parking_lot::Mutex;
use ward_core::{Timestamp, limits};
use ward_log::SignInFailure;

/// How many failures an organisation's log took in this minute, and how many it did not.
#[derive(Default)]
pub(crate) struct Failures(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    number: i64,
    /// Attempts that were checked, and those that were refused unchecked: these cost an attacker
    /// nothing, so they must not use up the room of the others.
    checked: u32,
    unchecked: u32,
    withheld: u64,
}

impl Failures {
    /// Whether one more may be written down. It depends on the time and the kind alone, not on
    /// whether the account exists.
    pub(crate) fn admit(&self, reason: SignInFailure, now: Timestamp) -> bool {
        let mut minute = self.0.lock();
        let number = now.as_seconds().div_euclid(60);
        if minute.number != number {
            *minute = Minute {
                number,
                withheld: minute.withheld,
                ..Minute::default()
            };
        }
        let written = match reason {
            SignInFailure::TooManyAttempts => &mut minute.unchecked,
            _ => &mut minute.checked,
        };
        let admitted = *written < limits::FAILURES_LOGGED;
        if admitted {
            *written += 1;
        } else {
            minute.withheld += 1;
        }
        admitted
    }

    /// How many were withheld since this was last asked.
    pub(crate) fn take_withheld(&self) -> u64 {
        mem::take(&mut self.0.lock().withheld)
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
        let admit = |reason, now| failures.admit(reason, now);
        let written = (0..10_000)
            .filter(|_| admit(SignInFailure::TooManyAttempts, now))
            .count();
        assert_eq!(written, 60);
        assert!(
            admit(SignInFailure::WrongFactor, now),
            "a guess is not hidden by the flood"
        );
        assert_eq!(
            (failures.take_withheld(), failures.take_withheld()),
            (9_940, 0)
        );
        assert!(admit(
            SignInFailure::TooManyAttempts,
            now + Duration::from_mins(1)
        ));
    }
}
