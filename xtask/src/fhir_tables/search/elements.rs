//! The elements of R4's types and resources, and the walk from one to the next.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::definitions::{Definitions, list, text};

/// An element's definition, as far as search takes it.
struct Element {
    datatypes: Vec<String>,
    repeats: bool,
    /// The element whose children this one has (`#Questionnaire.item` of `item.item`).
    content: Option<String>,
    /// The code system of a `code`, where its required value set is one whole system.
    system: Option<String>,
}

/// All elements by path (`Patient.name`, `HumanName.family`).
pub(super) struct Elements(BTreeMap<String, Element>);

/// Where a walk has come to.
#[derive(Debug, Clone)]
pub(super) struct Place {
    element: String,
    /// The JSON key taken to get here: a choice's carries its type (`valueQuantity`).
    pub(super) key: String,
    /// The FHIR datatype here.
    pub(super) datatype: String,
    /// Whether the element may have several values.
    pub(super) repeats: bool,
    /// Whether the definition leaves a choice of datatypes.
    pub(super) choice: bool,
}

impl Elements {
    /// Reads the snapshots, with the value sets that codes are bound to.
    pub(super) fn read(definitions: &Definitions) -> Self {
        let systems = whole_systems(definitions);
        let mut elements = BTreeMap::new();
        for definition in specialisations(definitions) {
            for element in list(&definition["snapshot"], "element") {
                elements.insert(
                    text(element, "path").to_owned(),
                    read_element(element, &systems),
                );
            }
        }
        Self(elements)
    }

    /// The types of resource that can be stored.
    pub(super) fn resource_types(definitions: &Definitions) -> Vec<String> {
        let mut types: Vec<String> = specialisations(definitions)
            .filter(|d| text(d, "kind") == "resource" && d["abstract"] == false)
            .map(|d| text(d, "type").to_owned())
            .collect();
        types.sort();
        types
    }

    /// The root of a type.
    pub(super) fn root(name: &str) -> Place {
        Place {
            element: name.to_owned(),
            key: String::new(),
            datatype: name.to_owned(),
            repeats: false,
            choice: false,
        }
    }

    /// The places that `.name` leads to: several for a choice of types, none for an unknown name.
    pub(super) fn step(&self, from: &Place, name: &str) -> Vec<Place> {
        let content = self
            .0
            .get(&from.element)
            .and_then(|element| element.content.as_ref());
        let parent = match (content, from.datatype.as_str()) {
            (Some(path), _) => path,
            (None, "BackboneElement" | "Element") => &from.element,
            (None, _) => &from.datatype,
        };
        for (suffix, choice) in [("", false), ("[x]", true)] {
            let path = format!("{parent}.{name}{suffix}");
            if let Some(element) = self.0.get(&path) {
                return element
                    .datatypes
                    .iter()
                    .map(|datatype| Place {
                        element: path.clone(),
                        key: if choice {
                            choice_key(name, datatype)
                        } else {
                            name.to_owned()
                        },
                        datatype: datatype.clone(),
                        repeats: element.repeats,
                        choice,
                    })
                    .collect();
            }
        }
        Vec::new()
    }

    /// The code system that a `code` here is implied to come from.
    pub(super) fn system(&self, place: &Place) -> Option<&str> {
        self.0.get(&place.element)?.system.as_deref()
    }
}

fn choice_key(name: &str, datatype: &str) -> String {
    let (first, rest) = datatype.split_at(1);
    format!("{name}{}{rest}", first.to_ascii_uppercase())
}

fn read_element(element: &Value, systems: &BTreeMap<String, String>) -> Element {
    let mut datatypes: Vec<String> = list(element, "type")
        .iter()
        .map(|kind| text(kind, "code").replace("http://hl7.org/fhirpath/System.String", "string"))
        .collect();
    let content = element.get("contentReference").and_then(Value::as_str);
    if content.is_some() {
        datatypes.push("BackboneElement".to_owned());
    }
    let value_set = element.pointer("/binding/valueSet").and_then(Value::as_str);
    let required = element.pointer("/binding/strength") == Some(&"required".into());
    Element {
        datatypes,
        repeats: !matches!(text(element, "max"), "0" | "1"),
        content: content.map(|path| path.trim_start_matches('#').to_owned()),
        system: value_set
            .filter(|_| required)
            .and_then(|url| systems.get(url.split('|').next()?))
            .cloned(),
    }
}

/// Types, not the profiles of types.
fn specialisations(definitions: &Definitions) -> impl Iterator<Item = &Value> {
    definitions
        .structures()
        .filter(|definition| text(definition, "derivation") != "constraint")
}

/// Value sets that are drawn from one code system: url of the set, url of the system.
fn whole_systems(definitions: &Definitions) -> BTreeMap<String, String> {
    definitions
        .all("ValueSet")
        .filter_map(|set| match list(&set["compose"], "include") {
            [only] => Some((
                text(set, "url").to_owned(),
                only["system"].as_str()?.to_owned(),
            )),
            _ => None,
        })
        .collect()
}
