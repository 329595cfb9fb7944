//! Failed sign-ins by kind, as pages tell them: less than the log knows, and nothing of whom.

use std::time::Duration;

use jiff::civil::Date;
use ward_core::{Ods, Timestamp, limits};
use ward_identity::{Error, FailedSignIns, Identity};
use ward_log::SignInFailure;

use crate::date;

/// What kinds are shown, in the order of the picture from below.
pub(super) const KINDS: [(&str, &str); 4] = [
    ("Unknown account", "ward-fill-1"),
    ("Wrong or late proof", "ward-fill-2"),
    ("Slowed down", "ward-fill-3"),
    ("Account shut out", "ward-fill-4"),
];

const fn kind(reason: SignInFailure) -> usize {
    match reason {
        SignInFailure::UnknownAccount => 0,
        SignInFailure::WrongFactor
        | SignInFailure::Replayed
        | SignInFailure::Expired
        | SignInFailure::NotVouchedFor => 1,
        SignInFailure::TooManyAttempts => 2,
        SignInFailure::Suspended => 3,
    }
}

/// Over which time, and how finely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    Month,
}

impl Period {
    pub(super) const ALL: [(&'static str, Self); 2] = [("day", Self::Day), ("month", Self::Month)];

    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Day => "the last 24 hours",
            Self::Month => "the last 30 days",
        }
    }
}

/// One hour or one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) label: String,
    /// By [`KINDS`].
    pub(super) counts: [u64; 4],
}

impl Bucket {
    pub(super) fn sum(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// What failed in a period.
pub(super) struct Tally {
    /// The oldest first.
    pub(super) buckets: Vec<Bucket>,
    /// Counted, and not written down one by one.
    pub(super) withheld: u64,
}

impl Tally {
    /// As the organisation's log has it.
    pub(super) fn of(
        identity: &Identity,
        ods: &Ods,
        period: Period,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let since = match period {
            Period::Day => now - Duration::from_hours(23),
            Period::Month => now - limits::FAILURES_SHOWN,
        };
        let failed = identity.failed_sign_ins(ods, since)?;
        let withheld = identity.withheld_sign_ins(ods, since)?;
        Ok(Self {
            buckets: match period {
                Period::Day => by_hour(&failed, now),
                Period::Month => by_day(&failed, now),
            },
            withheld: withheld.iter().map(|one| one.count).sum(),
        })
    }

    /// By [`KINDS`].
    pub(super) fn sums(&self) -> [u64; 4] {
        let mut sums = [0; 4];
        for bucket in &self.buckets {
            for (sum, count) in sums.iter_mut().zip(bucket.counts) {
                *sum += count;
            }
        }
        sums
    }
}

fn by_hour(failed: &[FailedSignIns], now: Timestamp) -> Vec<Bucket> {
    let hour = |time: Timestamp| time.as_seconds().div_euclid(3600);
    let bucket = |back: u32| {
        let begins = now - Duration::from_hours(back.into());
        let of = failed.iter().filter(|one| hour(one.hour) == hour(begins));
        Bucket {
            label: format!("{:02}:00", date::hour(begins)),
            counts: counts(of),
        }
    };
    (0..24).rev().map(bucket).collect()
}

fn by_day(failed: &[FailedSignIns], now: Timestamp) -> Vec<Bucket> {
    let mut day: Date = date::today(now);
    let mut days = Vec::new();
    for _ in 0..30 {
        days.push(day);
        day = day.yesterday().unwrap_or(day);
    }
    let bucket = |day: Date| {
        let of = failed.iter().filter(|one| date::today(one.hour) == day);
        Bucket {
            label: date::day(day),
            counts: counts(of),
        }
    };
    days.into_iter().rev().map(bucket).collect()
}

fn counts<'a>(failed: impl Iterator<Item = &'a FailedSignIns>) -> [u64; 4] {
    let mut counts = [0; 4];
    for one in failed {
        if let Some(count) = counts.get_mut(kind(one.reason)) {
            *count += one.count;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(hour: i64, reason: SignInFailure, count: u64) -> FailedSignIns {
        let hour = Timestamp::from_seconds(hour * 3600);
        FailedSignIns {
            hour,
            reason,
            count,
        }
    }

    #[test]
    fn failures_stand_in_their_hour_and_day() {
        let now: Timestamp = "2026-11-24T10:30:00Z".parse().unwrap();
        let hour = now.as_seconds() / 3600;
        let all = [
            failed(hour - 23, SignInFailure::UnknownAccount, 1),
            failed(hour, SignInFailure::WrongFactor, 2),
            failed(hour, SignInFailure::Expired, 1),
            failed(hour, SignInFailure::TooManyAttempts, 5),
        ];
        let hours = by_hour(&all, now);
        assert_eq!(hours.len(), 24);
        assert_eq!(
            (hours[0].label.as_str(), hours[0].counts),
            ("11:00", [1, 0, 0, 0])
        );
        assert_eq!(
            (hours[23].label.as_str(), hours[23].counts),
            ("10:00", [0, 3, 5, 0])
        );
        assert_eq!(hours.iter().map(Bucket::sum).sum::<u64>(), 9);
        let days = by_day(&all, now);
        assert_eq!(days.len(), 30);
        assert_eq!(days[29].label, "24 November 2026");
        assert_eq!(days[28].counts, [1, 0, 0, 0]);
    }
}
