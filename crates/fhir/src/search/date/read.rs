//! Reading dates and times.

use super::{Bound, DAY, Interval, days};

const SECOND: i64 = 1_000_000;

impl Interval {
    /// Reads a FHIR `date`, `dateTime` or `instant`, or a search value, which may leave out the
    /// seconds and the zone.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader(text.as_bytes());
        let year = reader.number(4)?;
        if year == 0 {
            return None;
        }
        if reader.is_done() {
            return Some(Self::days(days(year, 1, 1), days(year + 1, 1, 1)));
        }
        let month = reader
            .part(b'-', 2)
            .filter(|month| (1..=12).contains(month))?;
        let next = days(year + month / 12, month % 12 + 1, 1);
        let first = days(year, month, 1);
        if reader.is_done() {
            return Some(Self::days(first, next));
        }
        let day = reader.part(b'-', 2)?;
        let at = first + day - 1;
        if day == 0 || at >= next {
            return None;
        }
        if reader.is_done() {
            Some(Self::days(at, at + 1))
        } else {
            reader.time(at * DAY)
        }
    }
}

struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    fn takes(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + i64::from(digit - b'0'))
        })
    }

    fn part(&mut self, separator: u8, digits: usize) -> Option<i64> {
        if self.takes(separator) {
            self.number(digits)
        } else {
            None
        }
    }

    /// The time of a day, with the zone if there is one.
    fn time(&mut self, day: i64) -> Option<Interval> {
        let hours = self.part(b'T', 2).filter(|hours| *hours < 24)?;
        let minutes = self.part(b':', 2).filter(|minutes| *minutes < 60)?;
        let mut start = day + (hours * 60 + minutes) * 60 * SECOND;
        let mut width = 60 * SECOND;
        if self.takes(b':') {
            // 60 is a leap second.
            start += self.number(2).filter(|seconds| *seconds <= 60)? * SECOND;
            width = SECOND;
            if self.takes(b'.') {
                let (fraction, unit) = self.fraction()?;
                start += fraction;
                width = unit;
            }
        }
        let offset = if self.is_done() {
            None
        } else {
            Some(self.offset()?)
        };
        let bound = |civil| Bound::new(civil, offset);
        self.is_done().then(|| Interval {
            low: bound(start),
            high: bound(start + width),
        })
    }

    /// Microseconds, and how many the last digit counts for; further digits are cut off.
    fn fraction(&mut self) -> Option<(i64, i64)> {
        let length = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at_checked(length).filter(|_| length > 0)?;
        self.0 = rest;
        Some(
            digits
                .iter()
                .take(6)
                .fold((0, SECOND), |(sum, unit), digit| {
                    (sum + i64::from(digit - b'0') * (unit / 10), unit / 10)
                }),
        )
    }

    /// Microseconds ahead of UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.takes(b'Z') {
            return Some(0);
        }
        let sign = if self.takes(b'-') { -1 } else { 1 };
        if sign == 1 && !self.takes(b'+') {
            return None;
        }
        let hours = self.number(2).filter(|hours| *hours <= 14)?;
        let minutes = self.part(b':', 2).filter(|minutes| *minutes < 60)?;
        let offset = hours * 60 + minutes;
        (offset <= 14 * 60).then_some(sign * offset * 60 * SECOND)
    }
}
