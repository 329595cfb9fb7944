//! The one reading of a path. There is no normalisation: what would need it is refused.
//!
//! Servers and the proxies before them disagree on `%2F`, `..`, `//` and `;`, and each disagreement
//! is a way around a rule about paths (facts/mfa.md, class 20). No route of Ward needs any of them,
//! so a path that holds one names nothing.

/// Longest path that is looked at, in bytes.
const PATH_BYTES: usize = 2048;

/// Why a path names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPath {
    /// It holds a byte or a sequence that readers disagree about.
    Trick,
    /// It is longer than any path of Ward.
    TooLong,
}

/// Checks that all readers would split `path` alike: `/` and segments of plain characters, none of
/// them empty, `.` or `..`. The last may be empty: a slash at the end names something only where a
/// route is declared with one, as FHIR's base is (R4, http 3.1.0.1.2).
pub(crate) fn check(path: &str) -> Result<(), BadPath> {
    if path.len() > PATH_BYTES {
        return Err(BadPath::TooLong);
    }
    let rest = path.strip_prefix('/').ok_or(BadPath::Trick)?;
    if rest.is_empty() {
        return Ok(());
    }
    for segment in rest.strip_suffix('/').unwrap_or(rest).split('/') {
        let is_plain = segment.bytes().all(is_plain);
        if segment.is_empty() || segment == "." || segment == ".." || !is_plain {
            return Err(BadPath::Trick);
        }
    }
    Ok(())
}

/// RFC 3986 2.3, and `$` for the names of FHIR operations.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'$')
}

/// The segments of a checked path.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> + Clone {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let is_root = rest.is_empty();
    rest.split('/').skip(usize::from(is_root))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn path_tricks_name_nothing() {
        for bad in [
            "", "x", "//", "/a//b", "/a//", "/a/./", "/a/./b", "/a/../b", "/..", "/a%2fb",
            "/a%2Fb", "/%2e%2e", "/a%00", "/a\0", "/a\\b", "/a;b", "/a b", "/å", "/%c0%af", "/a?",
            "/a#", "/*", "/a:b", "/a@b", "/%",
        ] {
            assert_eq!(check(bad), Err(BadPath::Trick), "{bad}");
        }
        assert_eq!(
            check(&format!("/{}", "a".repeat(3000))),
            Err(BadPath::TooLong)
        );
    }

    #[test]
    fn plain_paths_are_split_at_their_slashes() {
        for (path, expected) in [
            ("/", vec![]),
            (
                "/fhir/WRD01/Patient/a-1.B",
                vec!["fhir", "WRD01", "Patient", "a-1.B"],
            ),
            ("/fhir/X26/", vec!["fhir", "X26", ""]),
            (
                "/fhir/X26/.well-known/smart-configuration",
                vec!["fhir", "X26", ".well-known", "smart-configuration"],
            ),
        ] {
            assert_eq!(check(path), Ok(()));
            assert_eq!(segments(path).collect::<Vec<_>>(), expected);
        }
    }

    proptest! {
        #[test]
        fn an_accepted_path_is_its_segments_joined(path in "[/a.%;$\\\\ é]{0,24}") {
            if check(&path).is_ok() {
                let joined = format!("/{}", segments(&path).collect::<Vec<_>>().join("/"));
                prop_assert_eq!(joined, path);
            }
        }
    }
}
