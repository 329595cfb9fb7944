//! Exact decimals: no floating point comes near a result.

use std::cmp::Ordering;

/// Digits kept. A query with more is refused; a resource's further ones are cut off.
const DIGITS: usize = 34;
/// Largest power of ten, either way, that is told apart from the next.
const EXPONENT_MAX: i32 = 100_000;

/// `mantissa * 10^exponent`, the mantissa of at most 34 digits and without trailing zeros.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    #[cfg(test)]
    pub(crate) const ZERO: Self = Self {
        mantissa: 0,
        exponent: 0,
    };

    /// Reads a decimal as JSON and FHIR write it (`-1.50`, `2e3`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Written::parse(text).map(|written| written.value())
    }

    fn new(mut mantissa: i128, mut exponent: i32) -> Self {
        if mantissa == 0 {
            return Self {
                mantissa,
                exponent: 0,
            };
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent = exponent.saturating_add(1);
        }
        Self {
            mantissa,
            exponent: exponent.clamp(-EXPONENT_MAX, EXPONENT_MAX),
        }
    }

    /// -1, 0 or 1.
    pub(crate) fn signum(self) -> i32 {
        match self.mantissa.cmp(&0) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }

    /// The power of ten of the leading digit: 2 for 512, -1 for 0.5.
    pub(crate) fn magnitude(self) -> i32 {
        self.exponent
            .saturating_add(digits(self.mantissa))
            .saturating_sub(1)
    }

    /// The two leading digits, 10 to 99: 51 for 512, 50 for 0.5. 10 for zero.
    pub(crate) fn leading(self) -> i64 {
        let absolute = self.mantissa.unsigned_abs();
        let cut = digits(self.mantissa) - 2;
        let two = match u32::try_from(cut) {
            Ok(cut) => absolute / 10_u128.pow(cut),
            Err(_) => absolute * 10,
        };
        i64::try_from(two).unwrap_or(10).max(10)
    }
}

fn digits(mantissa: i128) -> i32 {
    mantissa
        .unsigned_abs()
        .checked_ilog10()
        .and_then(|log| i32::try_from(log).ok())
        .map_or(1, |log| log + 1)
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.signum().cmp(&other.signum());
        if by_sign.is_ne() || self.mantissa == 0 {
            return by_sign;
        }
        let by_magnitude = self.magnitude().cmp(&other.magnitude());
        let absolute = by_magnitude.then_with(|| {
            // Leading digits at the same place: bring both to the same number of digits, which
            // fits, because neither has more than 34.
            let difference = digits(self.mantissa) - digits(other.mantissa);
            let scale = |steps: i32| 10_u128.pow(u32::try_from(steps).unwrap_or(0));
            let left = self.mantissa.unsigned_abs() * scale(-difference);
            left.cmp(&(other.mantissa.unsigned_abs() * scale(difference)))
        });
        if self.mantissa < 0 {
            absolute.reverse()
        } else {
            absolute
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

/// A decimal as it was written: its precision says which values it means.
pub(crate) struct Written {
    mantissa: i128,
    exponent: i32,
    /// Written as `1e2`, with a power of ten.
    scientific: bool,
    /// More digits than are kept.
    pub(crate) cut: bool,
}

impl Written {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, power) = match text.split_once(['e', 'E']) {
            Some((number, power)) => (number, Some(power)),
            None => (text, None),
        };
        let (negative, number) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return None;
        }
        let fraction = if number.contains('.') { fraction } else { "" };
        let mut exponent = power.map_or(Ok(0), parse_power).ok()?;
        let (mut mantissa, mut kept, mut cut) = (0_i128, 0, false);
        for (at, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
            let in_fraction = i32::from(at >= whole.len());
            if kept < DIGITS {
                mantissa = mantissa * 10 + i128::from(digit - b'0');
                kept += usize::from(mantissa != 0);
                exponent -= in_fraction;
            } else {
                cut = true;
                exponent += 1 - in_fraction;
            }
        }
        let mantissa = if negative { -mantissa } else { mantissa };
        Some(Self {
            mantissa,
            exponent,
            scientific: power.is_some(),
            cut,
        })
    }

    /// The exact value.
    pub(crate) fn value(&self) -> Decimal {
        Decimal::new(self.mantissa, self.exponent)
    }

    /// The values that are equal to the precision written, from and to before (R4 search
    /// 3.1.1.4.6: `100` is `[99.5, 100.5)`, `100.00` is `[99.995, 100.005)`, `1e2` is `[95, 105)`).
    pub(crate) fn precision(&self) -> (Decimal, Decimal) {
        // The standard's example takes half of a tenth of the last place where a power is written.
        let (scale, places) = if self.scientific { (100, 2) } else { (10, 1) };
        let exponent = self.exponent.saturating_sub(places);
        let middle = self.mantissa * scale;
        (
            Decimal::new(middle - 5, exponent),
            Decimal::new(middle + 5, exponent),
        )
    }

    /// A tenth of the value to either side, which is what `ap` means (R4 search 3.1.1.4.5), and
    /// not less than the precision written.
    pub(crate) fn about(&self) -> (Decimal, Decimal) {
        let tenth = self.mantissa.abs();
        let exponent = self.exponent.saturating_sub(1);
        let (low, high) = self.precision();
        (
            Decimal::new(self.mantissa * 10 - tenth, exponent).min(low),
            Decimal::new(self.mantissa * 10 + tenth, exponent).max(high),
        )
    }
}

fn parse_power(text: &str) -> Result<i32, std::num::ParseIntError> {
    text.parse::<i32>()
        .map(|power| power.clamp(-EXPONENT_MAX, EXPONENT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn decimals_compare_exactly() {
        let ordered = [
            "-1e9",
            "-100.000000000000000001",
            "-100",
            "-0.5",
            "0",
            "0.1",
            "0.30000000000000000",
            "0.30000000000000004",
            "99.999999999999999",
            "100",
            "100.00000000000000001",
            "1e3",
            "123456789012345678901234567890123",
            "1e99999",
        ];
        for (at, left) in ordered.iter().enumerate() {
            for (other, right) in ordered.iter().enumerate() {
                assert_eq!(
                    decimal(left).cmp(&decimal(right)),
                    at.cmp(&other),
                    "{left} {right}"
                );
            }
        }
        for same in ["1.50", "1.5", "15e-1", "0.015E2", "01.5"] {
            assert_eq!(decimal(same), decimal("1.5"), "{same}");
        }
        assert_eq!(decimal("-0.00"), Decimal::ZERO);
    }

    #[test]
    fn precision_is_as_the_standard_has_it() {
        for (text, low, high) in [
            ("100", "99.5", "100.5"),
            ("100.00", "99.995", "100.005"),
            ("1e2", "95", "105"),
            ("5.4", "5.35", "5.45"),
            ("5.40e-3", "0.0053995", "0.0054005"),
            ("-2", "-2.5", "-1.5"),
            ("0", "-0.5", "0.5"),
        ] {
            let written = Written::parse(text).unwrap();
            assert_eq!(written.precision(), (decimal(low), decimal(high)), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for bad in [
            "", "-", ".", "1.", ".5", "1e", "e5", "1,5", "0x1", "1_0", "NaN", "--1", "1.2.3",
        ] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_long_decimal_is_cut_and_says_so() {
        let long = format!("0.{}", "1".repeat(90));
        let written = Written::parse(&long).unwrap();
        assert!(written.cut);
        assert!(written.value() > decimal("0.1111"));
        assert_eq!(decimal(&"9".repeat(80)).magnitude(), 79);
    }
}
