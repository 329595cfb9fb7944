//! A crate exists to be forbidden something: arrows point strictly down, and some libraries have
//! one home.

use super::Metadata;

/// The crates from the ground up. A crate may depend on those of lower floors alone.
pub(super) const ORDER: &[(&str, u8)] = &[
    ("ward-core", 0),
    ("ward-crypto", 1),
    ("ward-log", 1),
    ("ward-fhir", 1),
    ("ward-people", 1),
    ("ward-store", 2),
    ("ward-identity", 3),
    ("ward-access", 4),
    ("ward-records", 5),
    ("ward-http", 6),
    ("ward-api", 7),
    ("ward-web", 7),
    ("ward", 8),
    ("ward-testkit", 9),
    ("ward-bench", 9),
    ("xtask", 9),
];

/// Libraries with few homes, and why.
const HOMES: &[(&str, &[&str], &str)] = &[
    (
        "rusqlite",
        &["ward-store", "ward-bench"],
        "SQL lives in the store",
    ),
    ("fjall", &["ward-store"], "the view lives in the store"),
    (
        "cedar-policy",
        &["ward-access"],
        "only ward-access makes a Grant",
    ),
    (
        "cedar-policy-symcc",
        &["ward-access"],
        "only ward-access makes a Proven",
    ),
    (
        "webauthn-rs",
        &["ward-identity"],
        "only ward-identity makes an Assured",
    ),
    ("minijinja", &["ward-web"], "pages live in ward-web"),
    (
        "axum",
        &["ward-bench"],
        "axum is the baseline that the bench measures against",
    ),
    (
        "hyper",
        &["ward-http", "ward-testkit", "ward-bench"],
        "HTTP begins at ward-http",
    ),
    (
        "tokio-rustls",
        &["ward-http", "ward-testkit", "ward-bench"],
        "TLS lives in ward-http",
    ),
    (
        "reqwest",
        &["ward-http", "ward"],
        "Ward asks other servers from ward-http, and its commands ask a Ward",
    ),
    (
        "rustls",
        &["ward-http", "ward", "ward-testkit", "ward-bench"],
        "TLS lives in ward-http",
    ),
    (
        "ward-crypto",
        &[
            "ward-store",
            "ward-identity",
            "ward-records",
            "ward",
            "ward-testkit",
        ],
        "whoever holds an organisation's keys can open what is undisclosed",
    ),
    (
        "ward-store",
        &[
            "ward-identity",
            "ward-records",
            "ward",
            "ward-testkit",
            "ward-bench",
        ],
        "patient data has one door: ward-records",
    ),
    (
        "ward-people",
        &["ward", "ward-testkit", "ward-bench"],
        "synthetic people are for the demo and the bench",
    ),
];

/// Crates of floors 0 and 1 do no I/O and know no async.
const PURE: &[&str] = &[
    "ward-core",
    "ward-crypto",
    "ward-log",
    "ward-fhir",
    "ward-people",
];
const IMPURE: &[&str] = &[
    "tokio",
    "mio",
    "async-trait",
    "futures",
    "socket2",
    "tracing",
];

pub(super) fn check(metadata: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in metadata.ours() {
        let Some(floor) = floor(&package.name) else {
            wrong.push(format!(
                "{}: no floor; give it one in xtask/src/tidy/floors.rs",
                package.name
            ));
            continue;
        };
        for dependency in &package.dependencies {
            if self::floor(dependency).is_some_and(|below| below >= floor) {
                wrong.push(format!(
                    "{} -> {dependency}: arrows point strictly down",
                    package.name
                ));
            }
            if let Some((_, homes, why)) = HOMES.iter().find(|(library, ..)| library == dependency)
                && !homes.contains(&package.name.as_str())
            {
                wrong.push(format!("{} -> {dependency}: {why}", package.name));
            }
            if PURE.contains(&package.name.as_str()) && IMPURE.contains(&dependency.as_str()) {
                wrong.push(format!(
                    "{} -> {dependency}: no I/O and no async here",
                    package.name
                ));
            }
        }
    }
    let names: Vec<&str> = metadata
        .ours()
        .map(|package| package.name.as_str())
        .collect();
    for (name, _) in ORDER {
        if !names.contains(name) {
            wrong.push(format!("{name}: has a floor, but is no crate"));
        }
    }
    wrong
}

fn floor(name: &str) -> Option<u8> {
    ORDER
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, floor)| *floor)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::tidy::Package;

    fn with(name: &str, dependency: &str) -> Vec<String> {
        let package = |name: &str, dependencies: Vec<String>| Package {
            name: name.to_owned(),
            is_ours: true,
            folder: String::new(),
            dependencies,
        };
        let mut packages: BTreeMap<String, Package> = ORDER
            .iter()
            .map(|(known, _)| ((*known).to_owned(), package(known, Vec::new())))
            .collect();
        packages.insert(name.to_owned(), package(name, vec![dependency.to_owned()]));
        check(&Metadata { packages })
    }

    #[test]
    fn an_arrow_up_or_sideways_is_found() {
        assert_eq!(with("ward-store", "ward-records").len(), 1);
        assert_eq!(
            with("ward-api", "ward-web"),
            ["ward-api -> ward-web: arrows point strictly down"]
        );
        assert_eq!(with("ward-api", "ward-records"), Vec::<String>::new());
    }

    #[test]
    fn a_library_outside_its_home_is_found() {
        assert_eq!(
            with("ward-records", "rusqlite"),
            ["ward-records -> rusqlite: SQL lives in the store"]
        );
        assert_eq!(with("ward-web", "ward-crypto").len(), 1);
        assert_eq!(with("ward-fhir", "tokio").len(), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(with("ward-new", "ward-core").len(), 1);
    }
}
