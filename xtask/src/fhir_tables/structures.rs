//! Structures: each type's elements with cardinality, types, reference targets and binding.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::Value;

use super::{
    codes::Codes,
    definitions::{Definitions, list, text},
    last_part,
};

const HEADER: &str = "\
# Derived from the FHIR R4 4.0.1 structure definitions (CC0): `cargo xtask fhir-tables`. Not to be
# edited. A type at the margin: name, kind (resource, abstract, complex, nested), parent. Under it the
# elements that its parent does not have: name min max types; `!set` is a required binding.
";
const TYPE_EXTENSION: &str =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

/// The structures, before it is known which value sets can be checked.
pub(super) struct Structures {
    types: BTreeMap<String, Type>,
    /// The value sets of required bindings.
    pub(super) bound: BTreeSet<String>,
}

struct Type {
    kind: &'static str,
    parent: String,
    elements: Vec<Element>,
}

struct Element {
    name: String,
    min: u64,
    max: String,
    types: Vec<String>,
    value_set: Option<String>,
}

/// Reads all structures.
pub(super) fn table(definitions: &Definitions) -> Result<Structures, String> {
    let mut structures = Structures {
        types: BTreeMap::new(),
        bound: BTreeSet::new(),
    };
    for definition in definitions.structures() {
        if text(definition, "kind") != "primitive-type" {
            read(definition, &mut structures)?;
        }
    }
    for own in structures.types.values() {
        for element in &own.elements {
            structures.bound.extend(element.value_set.clone());
        }
    }
    Ok(structures)
}

fn read(definition: &Value, structures: &mut Structures) -> Result<(), String> {
    let name = text(definition, "name");
    let kind = match (text(definition, "kind"), definition["abstract"].as_bool()) {
        (_, Some(true)) => "abstract",
        ("resource", _) => "resource",
        _ => "complex",
    };
    let parent = match text(definition, "baseDefinition") {
        "" => "-".to_owned(),
        base => last_part(base).to_owned(),
    };
    let root = Type {
        kind,
        parent,
        elements: Vec::new(),
    };
    structures.types.insert(name.to_owned(), root);
    for element in list(&definition["snapshot"], "element").iter().skip(1) {
        // Profiles of Quantity keep the paths of Quantity.
        let path = text(element, "path");
        let (owner, element_name) = path
            .rsplit_once('.')
            .ok_or_else(|| format!("{name}: path {path}"))?;
        let owner = if owner == text(definition, "type") {
            name
        } else {
            owner
        };
        if is_inherited(element, owner) {
            continue;
        }
        let read = element_of(element, element_name, path);
        let nested = read
            .types
            .first()
            .is_some_and(|first| first.starts_with('@'));
        if nested && text(element, "contentReference").is_empty() {
            let parent = list(element, "type")
                .first()
                .map_or("", |kind| text(kind, "code"))
                .to_owned();
            let new = Type {
                kind: "nested",
                parent,
                elements: Vec::new(),
            };
            structures.types.insert(path.to_owned(), new);
        }
        let holder = structures
            .types
            .get_mut(owner)
            .ok_or_else(|| format!("no type {owner}"))?;
        holder.elements.push(read);
    }
    Ok(())
}

/// Whether the parent of the element's owner says the same of it.
fn is_inherited(element: &Value, owner: &str) -> bool {
    let base = &element["base"];
    let base_owner = text(base, "path")
        .rsplit_once('.')
        .map_or("", |(owner, _)| owner);
    base_owner != owner
        && base["min"] == element["min"]
        && (base["max"] == element["max"] || owner == "xhtml")
}

fn element_of(element: &Value, name: &str, path: &str) -> Element {
    let types = match text(element, "contentReference") {
        "" => list(element, "type")
            .iter()
            .map(|kind| type_of(kind, path))
            .collect(),
        reference => vec![format!("@{}", reference.trim_start_matches('#'))],
    };
    let binding = &element["binding"];
    let value_set = (text(binding, "strength") == "required").then(|| {
        text(binding, "valueSet")
            .split('|')
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    Element {
        name: name.to_owned(),
        min: element["min"].as_u64().unwrap_or(0),
        max: text(element, "max").to_owned(),
        types,
        value_set,
    }
}

fn type_of(kind: &Value, path: &str) -> String {
    let targets: Vec<&str> = list(kind, "targetProfile")
        .iter()
        .filter_map(Value::as_str)
        .map(last_part)
        .filter(|target| *target != "Resource")
        .collect();
    match text(kind, "code") {
        // R4 says `string` of a resource's id, a known slip: its regular expression is that of id.
        "http://hl7.org/fhirpath/System.String" if path == "Resource.id" => "id".to_owned(),
        code if code.starts_with("http://hl7.org/fhirpath/") => list(kind, "extension")
            .iter()
            .find(|extension| text(extension, "url") == TYPE_EXTENSION)
            .map_or_else(String::new, |extension| {
                text(extension, "valueUrl").to_owned()
            }),
        "BackboneElement" | "Element" if path.contains('.') => format!("@{path}"),
        "Quantity" if !list(kind, "profile").is_empty() => "SimpleQuantity".to_owned(),
        "Reference" if !targets.is_empty() => format!("Reference({})", targets.join(",")),
        code => code.to_owned(),
    }
}

/// The table, with those bindings whose value sets can be checked.
pub(super) fn render(structures: &Structures, codes: &Codes) -> String {
    let mut table = HEADER.to_owned();
    for (name, own) in &structures.types {
        let _ = writeln!(table, "{name} {} {}", own.kind, own.parent);
        for element in &own.elements {
            let types = element.types.join(" ");
            let _ = write!(
                table,
                " {} {} {} {types}",
                element.name, element.min, element.max
            );
            let set = element.value_set.as_ref().and_then(|url| codes.name(url));
            let _ = set.map(|set| write!(table, " !{set}"));
            table.push('\n');
        }
    }
    table
}
