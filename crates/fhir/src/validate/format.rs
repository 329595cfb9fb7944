//! The formats of primitive types (FHIR R4, datatypes 2.24.0.1).

use super::{narrative, time, uri};
use crate::definitions::Primitive;

/// "Strings SHALL NOT exceed 1MB in size", counted in characters.
const STRING_LENGTH: usize = 1024 * 1024;

/// Whether a text is of that format; else what the format is.
pub(super) fn check(primitive: Primitive, text: &str) -> Result<(), &'static str> {
    if text.is_empty() && primitive != Primitive::Boolean {
        return Err("a string must not be empty");
    }
    let (is_valid, what) = match primitive {
        Primitive::Boolean | Primitive::Decimal => (true, ""),
        Primitive::Integer => (integer(text).is_some(), "not an integer of 32 bits"),
        Primitive::UnsignedInt => (
            integer(text).is_some_and(|value| value >= 0) && text != "-0",
            "not an unsignedInt: 0 to 2147483647",
        ),
        Primitive::PositiveInt => (
            integer(text).is_some_and(|value| value > 0),
            "not a positiveInt: 1 to 2147483647",
        ),
        Primitive::String | Primitive::Markdown => return characters(text),
        Primitive::Code => (
            is_code(text),
            "not a code: no space at the ends, none doubled",
        ),
        Primitive::Id => (is_id(text), "not an id: 1 to 64 of A-Z a-z 0-9 - ."),
        Primitive::Uri | Primitive::Url | Primitive::Canonical => (
            uri::is_uri(text),
            "not a URI: no spaces or control characters",
        ),
        Primitive::Oid => (uri::is_oid(text), "not an OID, such as urn:oid:1.2.3"),
        Primitive::Uuid => (
            uri::is_uuid(text),
            "not a UUID in lower case after urn:uuid:",
        ),
        Primitive::Base64Binary => (is_base64(text), "not base64"),
        Primitive::Date => (
            time::is_date(text),
            "not a date: YYYY, YYYY-MM or YYYY-MM-DD",
        ),
        Primitive::DateTime => (
            time::is_date_time(text),
            "not a dateTime: a date, or a date with time to the second and time zone",
        ),
        Primitive::Instant => (
            time::is_instant(text),
            "not an instant: date, time to the second, time zone",
        ),
        Primitive::Time => (time::is_time(text), "not a time: hh:mm:ss"),
        Primitive::Xhtml => return narrative::check(text),
    };
    if is_valid { Ok(()) } else { Err(what) }
}

/// Digits without fraction, exponent or leading zeros: JSON's grammar has seen to the last.
fn integer(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// "Strings SHALL NOT contain Unicode character points below 32, except for 9, 10 and 13."
fn characters(text: &str) -> Result<(), &'static str> {
    if text.len() > STRING_LENGTH && text.chars().count() > STRING_LENGTH {
        return Err("a string has at most 1,048,576 characters");
    }
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    if text.bytes().any(is_control) {
        return Err("a string must not have control characters");
    }
    Ok(())
}

/// `[^\s]+(\s[^\s]+)*`
fn is_code(text: &str) -> bool {
    let mut after_space = true;
    for part in text.chars() {
        let is_space = part.is_whitespace();
        if is_space && after_space || part.is_control() {
            return false;
        }
        after_space = is_space;
    }
    !after_space
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// Groups of four (RFC 4648 4), padded at the end; spaces and line breaks between are allowed.
fn is_base64(text: &str) -> bool {
    let (mut count, mut padding) = (0usize, 0usize);
    for byte in text.bytes() {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => continue,
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {}
            _ => return false,
        }
        count += 1;
    }
    count > 0 && count.is_multiple_of(4) && padding <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_all(primitive: Primitive, valid: &[&str], invalid: &[&str]) {
        for text in valid {
            assert_eq!(check(primitive, text), Ok(()), "{text}");
        }
        for text in invalid {
            assert!(check(primitive, text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_keep_to_their_ranges() {
        check_all(
            Primitive::Integer,
            &["0", "-0", "-1", "2147483647", "-2147483648"],
            &["1.0", "1e3", "2147483648", "-2147483649", ""],
        );
        check_all(
            Primitive::UnsignedInt,
            &["0", "2147483647"],
            &["-1", "-0", "2147483648"],
        );
        check_all(Primitive::PositiveInt, &["1"], &["0", "-1", "1.5"]);
    }

    #[test]
    fn codes_have_no_space_at_the_ends_and_none_doubled() {
        check_all(
            Primitive::Code,
            &["a", "a b", "é"],
            &["", " a", "a ", "a  b", "a\u{1}"],
        );
    }

    #[test]
    fn ids_can_play_no_tricks_with_paths() {
        let long = "a".repeat(65);
        check_all(
            Primitive::Id,
            &["a", "A-1.b", &"a".repeat(64)],
            &["", "a/b", "../x", "a b", "é", "a%2fb", "a\n", &long],
        );
        check_all(Primitive::Id, &["..", "."], &[]);
    }

    #[test]
    fn strings_have_no_control_characters() {
        check_all(
            Primitive::String,
            &["a", " ", "\n\t\r", "\u{7f}"],
            &["", "\u{1}", "a\u{1f}"],
        );
        let longest = "é".repeat(1_048_576);
        check_all(Primitive::Markdown, &[&longest], &[&format!("{longest}a")]);
    }

    #[test]
    fn base64_comes_in_groups_of_four() {
        check_all(
            Primitive::Base64Binary,
            &["YQ==", "YWI=", "YWJj", " YWJj\r\n YWJj ", "Y W J j"],
            &["", "YQ", "YQ=", "Y===", "YQ==YQ==", "YW-_", "    "],
        );
    }
}
