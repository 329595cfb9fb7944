//! The grammar of numbers (RFC 8259 6), which is also that of FHIR's decimal.

/// The length of the number that the bytes begin with; `None` if they begin with none.
pub(super) fn scan(bytes: &[u8]) -> Option<usize> {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(at)? {
        b'0' => at += 1,
        b'1'..=b'9' => at += digits(bytes, at)?,
        _ => return None,
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        at += digits(bytes, at)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at += digits(bytes, at)?;
    }
    // `01`, `1.2.3` and `1a` are no numbers: a number ends where something else begins.
    match bytes.get(at) {
        Some(next) if next.is_ascii_alphanumeric() || matches!(next, b'.' | b'+' | b'-') => None,
        _ => Some(at),
    }
}

/// How many digits stand from here on; `None` if none does.
fn digits(bytes: &[u8], from: usize) -> Option<usize> {
    let count = bytes
        .iter()
        .skip(from)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    (count > 0).then_some(count)
}
