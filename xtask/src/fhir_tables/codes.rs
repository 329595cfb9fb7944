//! Value sets of required bindings, where they list their codes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::Value;

use super::{
    definitions::{Definitions, list, text},
    last_part,
};

const HEADER: &str = "\
# Derived from the FHIR R4 4.0.1 value sets and code systems (CC0): `cargo xtask fhir-tables`. Not to
# be edited. A value set at the margin; under it each code system and, after tabs, its codes.
";

/// Codes by system, by value set (URL).
pub(super) struct Codes(BTreeMap<String, Systems>);

type Systems = BTreeMap<String, BTreeSet<String>>;

impl Codes {
    /// The name of a value set in the table; `None` where its codes can't be listed.
    pub(super) fn name<'a>(&self, url: &'a str) -> Option<&'a str> {
        self.0.contains_key(url).then(|| last_part(url))
    }
}

/// Lists the codes of value sets; those that can't be listed (media types, units) are left out.
pub(super) fn table(definitions: &Definitions, wanted: &BTreeSet<String>) -> Result<Codes, String> {
    let names: BTreeSet<&str> = wanted.iter().map(|url| last_part(url)).collect();
    if names.len() < wanted.len() {
        return Err("two value sets have the same name".to_owned());
    }
    let expand = |url: &String| Some((url.clone(), expand(definitions, url)?));
    Ok(Codes(wanted.iter().filter_map(expand).collect()))
}

fn expand(definitions: &Definitions, url: &str) -> Option<Systems> {
    let compose = &definitions.get("ValueSet", url)?["compose"];
    if !list(compose, "exclude").is_empty() {
        return None;
    }
    let mut systems = Systems::new();
    for include in list(compose, "include") {
        for value_set in list(include, "valueSet") {
            for (system, codes) in expand(definitions, value_set.as_str()?)? {
                systems.entry(system).or_default().extend(codes);
            }
        }
        let system = text(include, "system");
        if system.is_empty() {
            continue;
        }
        if !list(include, "filter").is_empty() || !list(include, "valueSet").is_empty() {
            return None;
        }
        let codes = systems.entry(system.to_owned()).or_default();
        if list(include, "concept").is_empty() {
            let code_system = definitions.get("CodeSystem", system)?;
            if text(code_system, "content") != "complete" {
                return None;
            }
            collect(list(code_system, "concept"), codes);
        } else {
            collect(list(include, "concept"), codes);
        }
    }
    Some(systems)
}

fn collect(concepts: &[Value], codes: &mut BTreeSet<String>) {
    for concept in concepts {
        codes.insert(text(concept, "code").to_owned());
        collect(list(concept, "concept"), codes);
    }
}

/// The table.
pub(super) fn render(codes: &Codes) -> String {
    let mut table = HEADER.to_owned();
    for (url, systems) in &codes.0 {
        let _ = writeln!(table, "{}", last_part(url));
        for (system, codes) in systems {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            let _ = writeln!(table, " {system}\t{}", codes.join("\t"));
        }
    }
    table
}
