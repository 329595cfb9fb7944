//! The query of a URL, taken apart (application/x-www-form-urlencoded).

use data_encoding::HEXLOWER_PERMISSIVE;

/// The parameters of a query such as `name=a%20b&_count=5`, in order. `None` where an escape is
/// broken, or what is escaped is not UTF-8.
pub fn query_pairs(query: &str) -> Option<Vec<(String, String)>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    let plain = |bytes: &mut Vec<u8>, part: &str| {
        bytes.extend(
            part.bytes()
                .map(|byte| if byte == b'+' { b' ' } else { byte }),
        );
    };
    plain(&mut bytes, parts.next().unwrap_or_default());
    for part in parts {
        let (escape, rest) = part.split_at_checked(2)?;
        bytes.extend(HEXLOWER_PERMISSIVE.decode(escape.as_bytes()).ok()?);
        plain(&mut bytes, rest);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_taken_apart() {
        let check = |query: &str| {
            let pairs = query_pairs(query)?;
            let show = |(name, value): &(String, String)| format!("[{name}][{value}]");
            let each: Vec<String> = pairs.iter().map(show).collect();
            Some(each.concat())
        };
        assert_eq!(
            check("name=a%20b+c&_count=5").unwrap(),
            "[name][a b c][_count][5]"
        );
        assert_eq!(
            check("identifier=x%7C1%2c&&flag").unwrap(),
            "[identifier][x|1,][flag][]"
        );
        assert_eq!(check("n=%C3%A5").unwrap(), "[n][å]");
        assert_eq!(check("").unwrap(), "");
        for bad in ["n=%", "n=%2", "n=%zz", "n=%ff", "n=%é"] {
            assert_eq!(check(bad), None, "{bad}");
        }
    }
}
