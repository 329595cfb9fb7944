//! Which parameter's terms another one is found by, and which have none.
//!
//! `family`, `given` and `phonetic` take their values from where `name` does: one set of terms
//! serves all four, and the exact check after opening tells them apart. That halves the rows.

use std::{cmp::Reverse, collections::BTreeSet};

use super::{
    ParameterKind,
    convert::{ADDRESS_PARTS, NAME_PARTS, PERSON_ADDRESS_PARTS},
    table::{Declared, Path},
};

/// The types whose resources are people.
const PEOPLE: [&str; 4] = ["Patient", "Person", "Practitioner", "RelatedPerson"];

/// Whether resources of the type are people.
pub(super) fn is_person(resource_type: &str) -> bool {
    PEOPLE.contains(&resource_type)
}

/// For each parameter the one whose terms its values are among: mostly itself.
pub(super) fn indexes(resource_type: &str, all: &[&Declared]) -> Vec<Option<&'static str>> {
    let parameters: Vec<Indexed> = all
        .iter()
        .filter(|declared| !declared.paths.is_empty() && !tells_too_much(resource_type, declared))
        .map(|declared| Indexed {
            declared,
            atoms: atoms(resource_type, declared),
        })
        .collect();
    let reach = |of: &Indexed| parameters.iter().filter(|other| of.takes_in(other)).count();
    // Of those that take a parameter in, the one that takes in most; of equals, the first by name:
    // so the one chosen is found by its own terms.
    let index = |own: &Indexed| {
        let takers = parameters.iter().filter(|other| other.takes_in(own));
        let best = takers.max_by_key(|other| (reach(other), Reverse(other.declared.name)))?;
        Some(best.declared.name)
    };
    all.iter()
        .map(|declared| {
            parameters
                .iter()
                .find(|own| own.declared.name == declared.name)
        })
        .map(|own| own.and_then(index))
        .collect()
}

struct Indexed<'d> {
    declared: &'d Declared,
    atoms: BTreeSet<Atom>,
}

impl Indexed<'_> {
    fn takes_in(&self, other: &Self) -> bool {
        let has = |atom: &Atom| self.atoms.iter().any(|own| own.takes_in(atom));
        self.declared.kind == other.declared.kind && other.atoms.iter().all(has)
    }
}

/// A term of a field with few values sorts people into a few groups for whoever holds the disk
/// (gender, deceased, language, country). Such fields are looked at after opening instead.
///
/// The rule: of a person's tokens, those that name somebody (identifiers, telephone numbers, ids)
/// have terms; all others describe, and come from small sets.
fn tells_too_much(resource_type: &str, declared: &Declared) -> bool {
    let describes = |path: &Path| match declared.kind {
        ParameterKind::Token => {
            !matches!(path.datatype, "Identifier" | "ContactPoint") && path.text != "id"
        }
        ParameterKind::String => {
            matches!(path.text.rsplit_once('.'), Some((_, "country" | "state")))
        }
        _ => false,
    };
    is_person(resource_type) && declared.paths.iter().any(describes)
}

/// One element that values are taken from.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Atom {
    /// With the path's filters.
    element: String,
    /// Found by its later words, too.
    words: bool,
}

impl Atom {
    fn takes_in(&self, other: &Self) -> bool {
        let same = self.element == other.element;
        (same || self.element == without_filters(&other.element)) && (self.words || !other.words)
    }
}

fn atoms(resource_type: &str, declared: &Declared) -> BTreeSet<Atom> {
    let parts = |datatype: &str| match datatype {
        "HumanName" => NAME_PARTS,
        "Address" if is_person(resource_type) => PERSON_ADDRESS_PARTS,
        "Address" => ADDRESS_PARTS,
        _ => &[],
    };
    let mut atoms = BTreeSet::new();
    for path in &declared.paths {
        let element = path.text;
        let parts = parts(path.datatype);
        if parts.is_empty() {
            atoms.insert(Atom {
                element: element.to_owned(),
                words: false,
            });
        } else {
            atoms.extend(parts.iter().map(|part| Atom {
                element: format!("{element}.{part}"),
                words: true,
            }));
        }
    }
    atoms
}

fn without_filters(path: &str) -> String {
    let mut depth = 0;
    path.chars()
        .filter(|character| match character {
            '[' | '{' => {
                depth += 1;
                false
            }
            ']' | '}' => {
                depth -= 1;
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        resource_types,
        search::{parameter, parameters},
    };

    fn index(resource_type: &str, name: &str) -> Option<&'static str> {
        parameter(resource_type, name).unwrap().index
    }

    #[test]
    fn one_set_of_terms_serves_parameters_of_the_same_elements() {
        for (resource_type, name, want) in [
            ("Patient", "family", "name"),
            ("Patient", "phonetic", "name"),
            ("Patient", "name", "name"),
            ("Patient", "email", "telecom"),
            ("Patient", "address-city", "address"),
            ("Observation", "patient", "subject"),
            ("Observation", "code", "combo-code"),
            ("Observation", "value-quantity", "combo-value-quantity"),
            ("Observation", "date", "date"),
            ("Location", "address-country", "address"),
            ("Patient", "_id", "_id"),
        ] {
            assert_eq!(
                index(resource_type, name),
                Some(want),
                "{resource_type}.{name}"
            );
        }
    }

    #[test]
    fn terms_are_of_one_kind_and_where_they_are_said_to_be() {
        for own in resource_types().iter().flat_map(|name| parameters(name)) {
            let Some(index) = own.index else { continue };
            let index = parameter(own.resource_type, index).unwrap();
            assert_eq!(
                (index.kind, index.index),
                (own.kind, Some(index.name)),
                "{own:?}"
            );
        }
    }

    #[test]
    fn a_field_of_few_values_on_a_person_has_no_terms() {
        for name in [
            "gender",
            "active",
            "deceased",
            "language",
            "address-use",
            "address-country",
            "address-state",
            "_tag",
            "_security",
        ] {
            assert_eq!(index("Patient", name), None, "{name}");
        }
        assert_eq!(index("Practitioner", "gender"), None);
        assert!(index("Encounter", "status").is_some());
    }
}
