//! Reads `application/x-www-form-urlencoded`, in queries and in bodies.

use crate::HttpError;

/// Pairs in one query or form.
const PAIRS: usize = 200;

/// The pairs of a query or a form, in their order; repeated names stay apart.
///
/// # Errors
/// Broken percent escapes, bytes that are not UTF-8, NUL, too many pairs: a caller that sends one
/// is confused or probing, and guessing for it helps neither.
pub fn parse(text: &[u8]) -> Result<Vec<(String, String)>, HttpError> {
    let mut pairs = Vec::new();
    for pair in text
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        if pairs.len() == PAIRS {
            return Err(HttpError::bad_request(
                "too-many-parameters",
                "Too many parameters.",
            ));
        }
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decode(text: &[u8]) -> Result<String, HttpError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = rest.next().zip(rest.next()).ok_or_else(bad_encoding)?;
                hex(high).ok_or_else(bad_encoding)? << 4 | hex(low).ok_or_else(bad_encoding)?
            }
            other => other,
        });
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(bad_encoding()),
    }
}

fn hex(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

fn bad_encoding() -> HttpError {
    HttpError::bad_request(
        "bad-encoding",
        "The parameters are not valid percent-encoded UTF-8.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn pairs_keep_their_order_and_repeats() {
        let expected = [("a", "1 2"), ("b", "ü"), ("a", ""), ("c", "x=y")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs("a=1+2&b=%C3%bc&&a&c=x%3Dy"), expected);
        assert_eq!(pairs("c=x=y"), [("c".to_owned(), "x=y".to_owned())]);
    }

    #[test]
    fn broken_encodings_are_refused() {
        for bad in [
            "a=%",
            "a=%2",
            "a=%zz",
            "a=%ff",
            "a=%c0%af",
            "a=%00",
            "%f0%28%8c%28=1",
            "a=%+1",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(&[b'a', b'=', 0xff]).is_err());
        assert!(parse("a=1&".repeat(PAIRS + 1).as_bytes()).is_err());
    }
}
