//! Joining parts into one input, so that no two lists of parts make the same bytes.

/// Each part after its length as `u32`, big-endian. A part of 4 GiB or more can't be held in memory
/// by any caller; its length would be cut to `u32::MAX`.
pub(crate) fn join(into: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        into.extend_from_slice(&length.to_be_bytes());
        into.extend_from_slice(part);
    }
}

/// The parts joined.
pub(crate) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len() + 4).sum();
    let mut bytes = Vec::with_capacity(length);
    join(&mut bytes, parts);
    bytes
}
