//! URIs, as loosely as R4 takes them.

/// `\S*`: anything without spaces.
pub(super) fn is_uri(text: &str) -> bool {
    !text
        .chars()
        .any(|part| part.is_whitespace() || part.is_control())
}

/// `urn:oid:[0-2](\.(0|[1-9][0-9]*))+`
pub(super) fn is_oid(text: &str) -> bool {
    let Some(arcs) = text.strip_prefix("urn:oid:") else {
        return false;
    };
    let mut arcs = arcs.split('.');
    let first = arcs
        .next()
        .is_some_and(|arc| matches!(arc, "0" | "1" | "2"));
    let mut count = 0;
    let rest = arcs.inspect(|_| count += 1).all(is_arc);
    first && rest && count > 0
}

fn is_arc(arc: &str) -> bool {
    let is_number = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (arc == "0" || !arc.starts_with('0'))
}

/// `urn:uuid:` and a UUID in lower case.
pub(super) fn is_uuid(text: &str) -> bool {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let Some(uuid) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    let is_part = |(part, length): (&str, usize)| {
        part.len() == length
            && part
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    uuid.split('-').count() == LENGTHS.len() && uuid.split('-').zip(LENGTHS).all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_and_uuids_are_urns() {
        assert!(is_oid("urn:oid:1.2.840.0.1"));
        for text in [
            "urn:oid:3.1",
            "urn:oid:1",
            "1.2.3",
            "urn:oid:1.02",
            "urn:oid:1..2",
        ] {
            assert!(!is_oid(text), "{text}");
        }
        assert!(is_uuid("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"));
        for text in [
            "urn:uuid:C757873D-ec9a-4326-a141-556f43239520",
            "c757873d-ec9a-4326-a141-556f43239520",
            "urn:uuid:c757873dec9a4326a141556f43239520",
            "urn:uuid:c757873d-ec9a-4326-a141-556f43239520-0",
        ] {
            assert!(!is_uuid(text), "{text}");
        }
    }
}
