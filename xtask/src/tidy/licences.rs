//! Every package in the tree has a licence that deny.toml allows, and none is banned there.

use std::collections::BTreeSet;

use spdx::{Expression, LicenseReq, ParseMode};
use toml::{Table, Value};

use crate::command::{cargo, output, root};

pub(super) fn check() -> Result<Vec<String>, String> {
    let text =
        std::fs::read_to_string(root().join("deny.toml")).map_err(|error| error.to_string())?;
    let deny = Rules::read(&text).ok_or("deny.toml has another shape")?;
    // The tree, not the metadata: that lists optional packages which nothing turns on.
    let listing = [
        "tree",
        "--workspace",
        "--prefix",
        "none",
        "--edges",
        "all",
        "--format",
        "{p}|{l}",
    ];
    let tree = output(cargo().args(listing))?;
    let mut wrong = Vec::new();
    for line in tree.lines().collect::<BTreeSet<_>>() {
        let Some((package, licence)) = line.trim_end_matches(" (*)").split_once('|') else {
            continue;
        };
        let name = package.split(' ').next().unwrap_or_default();
        if !deny.allows(name, licence) {
            wrong.push(format!("{name}: licence `{licence}` is not in deny.toml"));
        }
        if deny.banned.iter().any(|banned| banned == name) {
            wrong.push(format!("{name}: banned in deny.toml"));
        }
    }
    Ok(wrong)
}

struct Rules {
    allowed: Vec<String>,
    exceptions: Vec<(String, Vec<String>)>,
    banned: Vec<String>,
}

impl Rules {
    fn read(text: &str) -> Option<Self> {
        let table: Table = text.parse().ok()?;
        let licences = table.get("licenses")?;
        let mut exceptions = Vec::new();
        for exception in licences.get("exceptions")?.as_array()? {
            exceptions.push((
                exception.get("crate")?.as_str()?.to_owned(),
                texts(exception.get("allow")?)?,
            ));
        }
        let banned = table.get("bans")?.get("deny")?.as_array()?;
        Some(Self {
            allowed: texts(licences.get("allow")?)?,
            exceptions,
            banned: banned
                .iter()
                .filter_map(|entry| entry.get("crate")?.as_str().map(str::to_owned))
                .collect(),
        })
    }

    fn allows(&self, name: &str, licence: &str) -> bool {
        let exception = self.exceptions.iter().find(|(package, _)| package == name);
        let allowed = |required: &LicenseReq| {
            let required = required.to_string();
            self.allowed.contains(&required)
                || exception.is_some_and(|(_, licences)| licences.contains(&required))
        };
        Expression::parse_mode(licence, ParseMode::LAX)
            .is_ok_and(|expression| expression.evaluate(allowed))
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|text| text.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_must_be_allowed_in_each_part() {
        let rules = Rules {
            allowed: vec!["MIT".into(), "Apache-2.0".into()],
            exceptions: vec![("named".into(), vec!["MPL-2.0".into()])],
            banned: Vec::new(),
        };
        for (package, licence, allowed) in [
            ("any", "MIT OR GPL-3.0-only", true),
            ("any", "MIT/Apache-2.0", true),
            ("any", "MIT AND GPL-3.0-only", false),
            ("any", "MPL-2.0", false),
            ("named", "MPL-2.0", true),
            ("any", "none", false),
        ] {
            assert_eq!(
                rules.allows(package, licence),
                allowed,
                "{package} {licence}"
            );
        }
    }
}
