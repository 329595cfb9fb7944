//! Dates as days, months, years and decades of the clock on the wall where they were written.

use super::hierarchy::{Hierarchy, Node};
use crate::search::date::{Bound, DAY, Interval, year_and_month};

/// 1790 to 2209, which leaves nobody's record out; a date beyond counts as the nearest.
pub(super) const DAYS: Hierarchy = Hierarchy {
    parents: &[
        month,
        |month| month.div_euclid(12),
        |year| year.div_euclid(10),
    ],
    first: -65_743,
    last: 87_657,
};

/// The largest distance of a clock from UTC.
const ZONE: i64 = 14 * 3_600 * 1_000_000;

fn month(day: i64) -> i64 {
    let (year, month) = year_and_month(day);
    year * 12 + month - 1
}

fn day(micros: i64) -> i64 {
    micros.div_euclid(DAY)
}

pub(super) fn index(interval: &Interval, emit: &mut impl FnMut(Node)) {
    let Interval { low, high } = interval;
    let first = (*low != Bound::MIN).then(|| day(low.civil));
    let last = (*high != Bound::MAX).then(|| day(high.civil - 1));
    DAYS.index(first, last, emit);
}

/// The days that a query's interval can mean: where it has a zone, a resource of another zone may
/// have been written down on a clock some hours apart.
pub(super) fn query(interval: &Interval) -> (i64, i64) {
    let Interval { low, high } = interval;
    let spread = |bound: &Bound| if bound.zoned() { ZONE } else { 0 };
    let first = low.civil.min(low.utc - spread(low));
    let last = high.civil.max(high.utc + spread(high)) - 1;
    (day(first), day(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::date::days;

    #[test]
    fn the_first_and_last_day_are_of_whole_decades() {
        assert_eq!(
            (days(1790, 1, 1), days(2209, 12, 31)),
            (DAYS.first, DAYS.last)
        );
    }
}
