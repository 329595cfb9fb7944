//! NHS numbers that are valid and never issued: the 999 range.

/// How many people one seed can give.
pub const NHS_NUMBERS: u32 = 500_000;

/// Coprime to [`NHS_NUMBERS`], so that neighbours do not look alike and none comes twice.
const SCATTER: u64 = 190_993;

/// The `index`th number, ten digits. Indexes wrap at [`NHS_NUMBERS`].
pub(crate) fn nhs_number(index: u32) -> String {
    let slot = u64::from(index) * SCATTER % u64::from(NHS_NUMBERS);
    // Of two neighbours at most one has the impossible check digit 10: their sums differ by 2.
    let even = format!("999{:06}", slot * 2);
    let odd = format!("999{:06}", slot * 2 + 1);
    match (check_digit(&even), check_digit(&odd)) {
        (Some(digit), _) => format!("{even}{digit}"),
        (None, digit) => format!("{odd}{}", digit.unwrap_or_default()),
    }
}

/// Modulus 11 with weights 10 to 2 (NHS data dictionary: NHS NUMBER).
fn check_digit(nine: &str) -> Option<u32> {
    let sum: u32 = nine
        .bytes()
        .zip((2..=10).rev())
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_number_is_valid_and_comes_once() {
        let mut seen = HashSet::new();
        for index in 0..NHS_NUMBERS {
            let number = nhs_number(index);
            let digit = check_digit(&number[..9]).unwrap();
            assert_eq!(number[9..], digit.to_string());
            assert!(number.starts_with("999") && seen.insert(number));
        }
    }
}
