//! Dates as intervals: what their precision leaves open (FHIR R4 search 3.1.1.4.7).

mod calendar;
mod read;

pub(super) use calendar::{days, year_and_month};

use std::cmp::Ordering;

use super::Prefix;

pub(super) const DAY: i64 = 86_400_000_000;

/// One end of an interval, in microseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    /// By the clock on the wall where it was written.
    pub(crate) civil: i64,
    /// In UTC; the same as `civil` where no zone was written.
    pub(crate) utc: i64,
    zoned: bool,
}

impl Bound {
    pub(crate) const MIN: Self = Self {
        civil: i64::MIN,
        utc: i64::MIN,
        zoned: false,
    };
    pub(crate) const MAX: Self = Self {
        civil: i64::MAX,
        utc: i64::MAX,
        zoned: false,
    };

    fn new(civil: i64, offset: Option<i64>) -> Self {
        Self {
            civil,
            utc: civil - offset.unwrap_or(0),
            zoned: offset.is_some(),
        }
    }

    /// Two instants are compared as such. Where one side has no zone, "time zones should not be
    /// considered" (R4 search 3.1.1.4.7): the clock on the wall is.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        if self.zoned && other.zoned {
            self.utc.cmp(&other.utc)
        } else {
            self.civil.cmp(&other.civil)
        }
    }

    fn moved(self, by: i64) -> Self {
        Self {
            civil: self.civil.saturating_add(by),
            utc: self.utc.saturating_add(by),
            zoned: self.zoned,
        }
    }

    pub(crate) fn zoned(self) -> bool {
        self.zoned
    }
}

/// From `low` to before `high`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) low: Bound,
    pub(crate) high: Bound,
}

impl Interval {
    fn days(first: i64, end: i64) -> Self {
        Self {
            low: Bound::new(first * DAY, None),
            high: Bound::new(end * DAY, None),
        }
    }

    /// From the start of one to the end of another; an end that is not there is open.
    pub(crate) fn between(start: Option<Self>, end: Option<Self>) -> Self {
        Self {
            low: start.map_or(Bound::MIN, |start| start.low),
            high: end.map_or(Bound::MAX, |end| end.high),
        }
    }

    /// The smallest interval that has both in it.
    pub(crate) fn around(self, other: Self) -> Self {
        let earlier = |left: Bound, right: Bound| left.compare(right).is_le();
        Self {
            low: if earlier(self.low, other.low) {
                self.low
            } else {
                other.low
            },
            high: if earlier(other.high, self.high) {
                self.high
            } else {
                other.high
            },
        }
    }

    /// What `ap` means here, which R4 leaves to the server: as much again to either side.
    pub(crate) fn about(self) -> Self {
        let width = self.high.civil.saturating_sub(self.low.civil);
        Self {
            low: self.low.moved(-width),
            high: self.high.moved(width),
        }
    }

    /// Whether a resource's interval fits a query's prefix and interval (R4 search 3.1.1.4.5).
    pub(crate) fn fits(self, prefix: Prefix, query: Self) -> bool {
        let contained =
            self.low.compare(query.low).is_ge() && self.high.compare(query.high).is_le();
        let reaches_above = self.high.compare(query.high).is_gt();
        let reaches_below = self.low.compare(query.low).is_lt();
        match prefix {
            Prefix::Eq => contained,
            Prefix::Ne => !contained,
            Prefix::Gt => reaches_above,
            Prefix::Lt => reaches_below,
            // "From 21 January onwards" is in `ge2013-03-14` (3.1.1.4.7), and so is what ends on
            // that very day: some of it is on or after.
            Prefix::Ge => self.high.compare(query.low).is_gt(),
            Prefix::Le => self.low.compare(query.high).is_lt(),
            Prefix::Sa => self.low.compare(query.high).is_ge(),
            Prefix::Eb => self.high.compare(query.low).is_le(),
            Prefix::Ap => {
                self.low.compare(query.high).is_lt() && self.high.compare(query.low).is_gt()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(resource: &str, prefix: Prefix, query: &str) -> bool {
        Interval::parse(resource)
            .unwrap()
            .fits(prefix, Interval::parse(query).unwrap())
    }

    #[test]
    fn only_real_dates_are_dates() {
        for good in [
            "2024",
            "2024-02",
            "2024-02-29",
            "2024-02-29T10:00",
            "2024-02-29T10:00:00Z",
            "2024-02-29T10:00:00.123456789+14:00",
            "0001-01-01",
            "9999-12-31T23:59:60Z",
        ] {
            assert!(Interval::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "24",
            "2023-02-29",
            "2024-13",
            "2024-00",
            "2024-1-1",
            "2024-02-29T",
            "2024-02-29T10",
            "2024-02-29T24:00",
            "2024-02-29T10:60",
            "2024-02-29T10:00:00.",
            "2024-02-29T10:00+15:00",
            "2024-02-29 10:00",
            "2024-02-29T10:00 00:00",
            "0000",
            "2024-02-29Z",
            "２０２４",
            "2024-02-29T10:00:00ZZ",
            "-2024",
            "2024-",
        ] {
            assert!(Interval::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn prefixes_mean_what_the_standard_says() {
        use Prefix::{Eb, Eq, Ge, Gt, Le, Lt, Ne, Sa};
        for (resource, prefix, query, want) in [
            ("2013-01-14T10:00:00Z", Eq, "2013-01-14", true),
            ("2013-01-15T00:00:00Z", Eq, "2013-01-14", false),
            ("2013-01", Eq, "2013-01-14", false),
            ("2013-01-15T00:00:00Z", Ne, "2013-01-14", true),
            ("2013-01-14", Lt, "2013-01-14T10:00", true),
            ("2013-01-14T15:00", Gt, "2013-01-14T10:00", true),
            ("2013-03-14", Ge, "2013-03-14", true),
            ("2013-03-13", Ge, "2013-03-14", false),
            ("2013-03-14", Le, "2013-03-14", true),
            ("2013-03-15", Le, "2013-03-14", false),
            ("2013-03-15", Sa, "2013-03-14", true),
            ("2013-03-14", Sa, "2013-03-14", false),
            ("2013-03-13", Eb, "2013-03-14", true),
            ("2013", Gt, "2013-03-14", true),
            ("2013", Lt, "2013-03-14", true),
        ] {
            assert_eq!(
                fits(resource, prefix, query),
                want,
                "{resource} {prefix:?} {query}"
            );
        }
    }

    #[test]
    fn a_period_without_an_end_goes_on() {
        let period = Interval::between(Interval::parse("2013-03-14"), None);
        let fits = |prefix, query: &str| period.fits(prefix, Interval::parse(query).unwrap());
        assert!(fits(Prefix::Gt, "2040") && fits(Prefix::Ge, "2013-01-01"));
        assert!(!fits(Prefix::Eq, "2013") && !fits(Prefix::Eb, "2040"));
        assert!(fits(Prefix::Ap, "2020") && !fits(Prefix::Ap, "2012"));
    }

    #[test]
    fn a_date_without_a_zone_is_the_day_on_the_wall() {
        // Half past midnight in British summer time is the day before in UTC.
        assert!(fits("2022-08-04T00:30:00+01:00", Prefix::Eq, "2022-08-04"));
        assert!(!fits("2022-08-04T00:30:00+01:00", Prefix::Eq, "2022-08-03"));
        assert!(fits(
            "2022-08-04T00:30:00+01:00",
            Prefix::Eq,
            "2022-08-03T23:30:00Z"
        ));
        assert!(fits(
            "2022-08-04T00:30:00+01:00",
            Prefix::Lt,
            "2022-08-03T23:45:00Z"
        ));
    }
}
