//! NHS numbers (NHS data dictionary: ten digits, the last a check digit modulo 11).

use std::fmt;

use crate::{
    json::Node,
    outcome::{Issue, IssueCode},
    resource::Resource,
};

/// The identifier system of NHS numbers (UK Core).
pub const SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// A number whose check digit is right. Whether it was ever issued, and to whom, it does not say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NhsNumber([u8; 10]);

/// Why a text is not an NHS number. To be stored with a warning, never a reason to drop a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNhsNumber {
    /// Something else than digits, and spaces or hyphens between them.
    #[error("an NHS number has digits only")]
    NotDigits,
    /// Not ten digits.
    #[error("an NHS number has ten digits")]
    Length,
    /// The check digit is wrong.
    #[error("the check digit of the NHS number is wrong")]
    CheckDigit,
    /// One digit ten times: right by its check digit, and never issued.
    #[error("an NHS number is not one digit ten times")]
    OneDigit,
}

impl NhsNumber {
    /// Reads a number as people write it: ten digits, with spaces or hyphens between.
    pub fn parse(text: &str) -> Result<Self, InvalidNhsNumber> {
        let is_separator = |part: &char| matches!(part, ' ' | '-' | '\u{a0}');
        let mut digits = [0; 10];
        let mut count = 0;
        for part in text.trim().chars().filter(|part| !is_separator(part)) {
            let digit = part.to_digit(10).ok_or(InvalidNhsNumber::NotDigits)?;
            let place = digits.get_mut(count).ok_or(InvalidNhsNumber::Length)?;
            *place = u8::try_from(digit).unwrap_or_default();
            count += 1;
        }
        if count != digits.len() {
            return Err(InvalidNhsNumber::Length);
        }
        Self::check(digits)
    }

    /// Modulo 11 with weights 10 to 2: the check digit makes the sum a multiple of 11 (itself
    /// weighing 1), which a remainder of 10 can't.
    fn check(digits: [u8; 10]) -> Result<Self, InvalidNhsNumber> {
        let weighed = digits.iter().zip((1..=10u32).rev());
        let sum: u32 = weighed
            .map(|(digit, weight)| u32::from(*digit) * weight)
            .sum();
        if digits.iter().all(|digit| Some(digit) == digits.first()) {
            Err(InvalidNhsNumber::OneDigit)
        } else if sum.is_multiple_of(11) {
            Ok(Self(digits))
        } else {
            Err(InvalidNhsNumber::CheckDigit)
        }
    }

    /// Ten digits: how it is stored and compared.
    pub fn compact(&self) -> String {
        self.0
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect()
    }

    /// `943 476 5919`: how it is shown.
    pub fn spaced(&self) -> String {
        let mut text = self.compact();
        text.insert(6, ' ');
        text.insert(3, ' ');
        text
    }
}

impl fmt::Debug for NhsNumber {
    /// Personal data: never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NhsNumber")
    }
}

/// A warning for each NHS number of the resource's identifiers that is not right. Such a resource
/// is stored all the same.
pub fn warnings(resource: &Resource) -> Vec<Issue> {
    let identifiers = resource.get("identifier").into_iter().flat_map(Node::items);
    let warn = |(index, identifier): (usize, Node<'_>)| {
        let is_nhs_number = identifier.text("system") == Some(SYSTEM);
        let value = identifier.text("value").filter(|_| is_nhs_number)?;
        let why = NhsNumber::parse(value).err()?;
        let place = format!("{}.identifier[{index}].value", resource.resource_type());
        Some(Issue::warning(
            IssueCode::BusinessRule,
            place,
            why.to_string(),
        ))
    };
    identifiers.enumerate().filter_map(warn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<String, InvalidNhsNumber> {
        NhsNumber::parse(text).map(|number| number.spaced())
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for text in [
            "9434765919",
            "943 476 5919",
            "943-476-5919",
            " 943 476 5919 ",
        ] {
            assert_eq!(check(text).as_deref(), Ok("943 476 5919"));
        }
    }

    #[test]
    fn a_remainder_of_eleven_is_the_check_digit_zero() {
        assert_eq!(check("9990000050").as_deref(), Ok("999 000 0050"));
    }

    #[test]
    fn no_check_digit_makes_a_remainder_of_ten_right() {
        for digit in 0..10 {
            assert_eq!(
                check(&format!("999000014{digit}")),
                Err(InvalidNhsNumber::CheckDigit)
            );
        }
    }

    #[test]
    fn one_digit_ten_times_is_refused() {
        for digit in '0'..='9' {
            let text: String = std::iter::repeat_n(digit, 10).collect();
            assert_eq!(check(&text), Err(InvalidNhsNumber::OneDigit));
        }
    }

    #[test]
    fn numbers_of_published_messages_that_fail_are_told_apart() {
        assert_eq!(check("3478526985"), Err(InvalidNhsNumber::CheckDigit));
        assert_eq!(check("7778521234"), Err(InvalidNhsNumber::CheckDigit));
        assert_eq!(check("94347659191"), Err(InvalidNhsNumber::Length));
        assert_eq!(check("943476591"), Err(InvalidNhsNumber::Length));
        assert_eq!(check("94347659a9"), Err(InvalidNhsNumber::NotDigits));
        assert_eq!(check("٩٤٣٤٧٦٥٩١٩"), Err(InvalidNhsNumber::NotDigits));
        assert_eq!(check(""), Err(InvalidNhsNumber::Length));
    }
}
