//! Escapes: `\,` `\|` `\$` `\\` stand for the characters themselves (R4 search 3.1.1.4.3).

use super::Refusal;

/// Splits at a separator that is not escaped. The parts keep their escapes.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == separator {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + separator.len_utf8();
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The characters that a part stands for.
pub(super) fn unescape(text: &str) -> Result<String, Refusal> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            match characters.next() {
                Some(escaped @ (',' | '|' | '$' | '\\')) => plain.push(escaped),
                _ => {
                    return Err(Refusal::invalid(
                        "a backslash must stand before , | $ or \\",
                    ));
                }
            }
        } else {
            plain.push(character);
        }
    }
    Ok(plain)
}
