//! Escapes of strings (RFC 8259 7).

use super::Fault;

/// The number of bytes before the first quote, backslash or control character.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let is_plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    bytes
        .iter()
        .position(|byte| !is_plain(byte))
        .unwrap_or(bytes.len())
}

/// Decodes the escape that follows a backslash: the character, and how many bytes it took.
pub(super) fn unescape(bytes: &[u8]) -> Result<(char, usize), Fault> {
    let simple = match bytes.first().ok_or(Fault::UnexpectedEnd)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(bytes),
        _ => return Err(Fault::InvalidEscape),
    };
    Ok((simple, 1))
}

fn unescape_unicode(bytes: &[u8]) -> Result<(char, usize), Fault> {
    let first = hex(bytes.get(1..5))?;
    let (code, length) = match first {
        0 => return Err(Fault::NulCharacter),
        0xD800..=0xDBFF => {
            if bytes.get(5..7) != Some(b"\\u") {
                return Err(Fault::LoneSurrogate);
            }
            let second = hex(bytes.get(7..11))?;
            if !(0xDC00..=0xDFFF).contains(&second) {
                return Err(Fault::LoneSurrogate);
            }
            (0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), 11)
        }
        other => (other, 5),
    };
    char::from_u32(code)
        .map(|character| (character, length))
        .ok_or(Fault::LoneSurrogate)
}

fn hex(digits: Option<&[u8]>) -> Result<u32, Fault> {
    digits
        .ok_or(Fault::UnexpectedEnd)?
        .iter()
        .try_fold(0, |code, digit| {
            let value = char::from(*digit)
                .to_digit(16)
                .ok_or(Fault::InvalidEscape)?;
            Ok(code * 16 + value)
        })
}

/// Writes the characters of a string with the fewest escapes that JSON allows.
pub(super) fn push_escaped(plain: &str, to: &mut String) {
    for character in plain.chars() {
        match character {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\u{0}'..='\u{1f}' => {
                let code = u32::from(character);
                to.push_str(if code < 16 { "\\u000" } else { "\\u001" });
                to.push(char::from_digit(code % 16, 16).unwrap_or('0'));
            }
            _ => to.push(character),
        }
    }
}
