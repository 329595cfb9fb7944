//! Numbers as buckets: two leading digits, one, and the power of ten.

use super::hierarchy::{Hierarchy, Node};
use crate::search::{decimal::Decimal, value::Span};

/// Powers of ten told apart: what is larger or smaller counts as the nearest.
const POWERS: std::ops::RangeInclusive<i32> = -6..=9;
/// Buckets of one power: leading digits 10 to 99.
const BUCKETS: i64 = 90;
const LAST: i64 = 16 * BUCKETS;

/// 1 to `LAST` for positive numbers, from the smallest; 0 for zero; the same below for negative.
pub(super) const NUMBERS: Hierarchy = Hierarchy {
    parents: &[
        |bucket| group(bucket, 10),
        |group_of_ten| group(group_of_ten, 9),
    ],
    first: -LAST,
    last: LAST,
};

fn group(number: i64, size: i64) -> i64 {
    number.signum() * ((number.abs() + size - 1) / size)
}

/// The bucket of a number. A larger number is never in a smaller bucket.
pub(super) fn bucket(number: Decimal) -> i64 {
    let (power, smallest, largest) = (number.magnitude(), *POWERS.start(), *POWERS.end());
    let leading = match power {
        power if power < smallest => 10,
        power if power > largest => 99,
        _ => number.leading(),
    };
    let power = i64::from(power.clamp(smallest, largest) - smallest);
    i64::from(number.signum()) * (power * BUCKETS + leading - 9)
}

pub(super) fn index(span: &Span, emit: &mut impl FnMut(Node)) {
    NUMBERS.index(span.low.map(bucket), span.high.map(bucket), emit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_number_is_never_in_a_smaller_bucket() {
        let numbers = [
            "-1e20", "-100", "-99", "-1", "-0.1", "-1e-9", "0", "1e-9", "0.000001", "0.5", "1",
            "1.1", "9.9", "10", "10.9", "11", "512", "1e9", "9.9e9", "1e20",
        ];
        let buckets: Vec<i64> = numbers
            .iter()
            .map(|text| bucket(Decimal::parse(text).unwrap()))
            .collect();
        assert!(buckets.is_sorted(), "{buckets:?}");
        assert_eq!((buckets[0], buckets[6], buckets[19]), (-LAST, 0, LAST));
        assert_ne!(buckets[10], buckets[11]);
    }

    #[test]
    fn a_bucket_is_of_one_digit_of_one_power() {
        let of = |text: &str| bucket(Decimal::parse(text).unwrap());
        assert_eq!(group(of("50"), 10), group(of("59.9"), 10));
        assert_ne!(group(of("49.9"), 10), group(of("50"), 10));
        assert_eq!(group(group(of("10"), 10), 9), group(group(of("99"), 10), 9));
        assert_ne!(
            group(group(of("9.9"), 10), 9),
            group(group(of("10"), 10), 9)
        );
    }
}
