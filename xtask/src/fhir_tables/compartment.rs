//! The patient compartment: in which elements a resource says whose it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::definitions::{Definitions, list, text};

const HEADER: &str = "\
# Derived from the FHIR R4 4.0.1 compartment and search parameter definitions (CC0): `cargo xtask
# fhir-tables`. Not to be edited. A resource type and the elements that may refer to its patients.
";
const COMPARTMENT: &str = "http://hl7.org/fhir/CompartmentDefinition/patient";
/// R4 leaves types out of the compartment (Task, Device, ...) whose parameters of these names say
/// all the same whose they are: a resource that nobody is known to own could be read by everybody.
const ALWAYS: [&str; 2] = ["patient", "subject"];
/// "A proxy ... when enforcing access control" (FHIR R4, Binary), which no parameter searches.
const PROXIES: [(&str, &str); 1] = [("Binary", "securityContext")];

/// The table.
pub(super) fn table(definitions: &Definitions) -> Result<String, String> {
    let definition = definitions.get("CompartmentDefinition", COMPARTMENT);
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (kind, path) in PROXIES {
        paths.entry(kind).or_default().insert(path);
    }
    for resource in list(definition.ok_or("no patient compartment")?, "resource") {
        let kind = text(resource, "code");
        for code in list(resource, "param").iter().filter_map(Value::as_str) {
            let found = paths_of(definitions, kind, code);
            if found.is_empty() {
                return Err(format!("{kind}.{code}: no path"));
            }
            paths.entry(kind).or_default().extend(found);
        }
    }
    for parameter in definitions.all("SearchParameter") {
        let is_patients = ALWAYS.contains(&text(parameter, "code"))
            && list(parameter, "target")
                .iter()
                .any(|target| target == "Patient");
        for kind in list(parameter, "base").iter().filter(|_| is_patients) {
            let kind = kind.as_str().unwrap_or_default();
            paths
                .entry(kind)
                .or_default()
                .extend(paths_in(kind, text(parameter, "expression")));
        }
    }
    let lines = paths.iter().map(|(kind, paths)| {
        let paths: Vec<&str> = paths.iter().copied().collect();
        format!("{kind} {}\n", paths.join(" "))
    });
    Ok(HEADER.to_owned() + &lines.collect::<String>())
}

fn paths_of<'a>(definitions: &'a Definitions, kind: &str, code: &str) -> Vec<&'a str> {
    definitions
        .all("SearchParameter")
        .filter(|parameter| text(parameter, "code") == code)
        .filter(|parameter| list(parameter, "base").iter().any(|base| base == kind))
        .flat_map(|parameter| paths_in(kind, text(parameter, "expression")))
        .collect()
}

/// The paths of an expression that begin at a type. Those of this compartment are plain paths,
/// some with `.where(resolve() is Patient)` at the end, which is checked when reading.
fn paths_in<'a>(kind: &str, expression: &'a str) -> Vec<&'a str> {
    expression
        .split('|')
        .filter_map(|path| path.trim().strip_prefix(kind)?.strip_prefix('.'))
        .map(|path| path.split(".where(").next().unwrap_or(path))
        .filter(|path| {
            path.chars()
                .all(|part| part.is_ascii_alphabetic() || part == '.')
        })
        .collect()
}
