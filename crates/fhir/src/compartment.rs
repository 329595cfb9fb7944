//! Whose a resource is (FHIR R4, `CompartmentDefinition` patient).

use std::{collections::HashSet, sync::LazyLock};

use crate::{json::Node, resource::Resource};

/// Resource types, sorted, with the paths to the references that say whose a resource is.
static PATHS: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let lines = include_str!("../tables/patient-compartment.txt").lines();
    let paths = lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (resource_type, paths) = line.split_once(' ')?;
            Some((resource_type, paths.split(' ').collect()))
        });
    paths.collect()
});

/// The ids of the patients whose compartment a resource is in: its own for a Patient, and each that
/// it refers to as `Patient/id`. Without duplicates, in the order in which they stand.
///
/// A Bundle, and a resource with others contained, is also of the patients of those.
pub fn patients_of(resource: &Resource) -> Vec<String> {
    let mut patients = Vec::new();
    collect(resource.root(), true, &mut patients);
    let mut seen = HashSet::new();
    patients.retain(|id| seen.insert(*id));
    patients.into_iter().map(str::to_owned).collect()
}

fn collect<'a>(node: Node<'a>, has_own_id: bool, patients: &mut Vec<&'a str>) {
    let resource_type = node.text("resourceType").unwrap_or_default();
    if resource_type == "Patient" && has_own_id {
        patients.extend(node.text("id"));
    }
    for path in paths(resource_type) {
        let references = node.all(path);
        let links = references
            .into_iter()
            .filter_map(|reference| reference.text("reference"));
        patients.extend(links.filter_map(patient_id));
    }
    for part in node.all("contained") {
        collect(part, false, patients);
    }
    if resource_type == "Bundle" {
        for part in node.all("entry.resource") {
            collect(part, true, patients);
        }
    }
}

fn paths(resource_type: &str) -> &'static [&'static str] {
    let index = PATHS
        .binary_search_by_key(&resource_type, |(name, _)| name)
        .ok();
    index
        .and_then(|index| PATHS.get(index))
        .map_or(&[], |(_, paths)| paths)
}

/// Whether resources of this type may say whose they are. Those that can't are no patient's, unless
/// what they contain is.
pub fn may_have_patients(resource_type: &str) -> bool {
    let has_resources = matches!(resource_type, "Patient" | "Bundle");
    has_resources || !paths(resource_type).is_empty()
}

/// The id in `Patient/id` or `Patient/id/_history/version`; `None` for other references. An
/// absolute URL names a patient of another server.
fn patient_id(reference: &str) -> Option<&str> {
    let id = reference.strip_prefix("Patient/")?;
    let id = id.split_once("/_history/").map_or(id, |(id, _)| id);
    let is_id = |part: char| part.is_ascii_alphanumeric() || part == '-' || part == '.';
    ((1..=64).contains(&id.len()) && id.chars().all(is_id)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Limits,
        definitions::{Content, Role, structures},
    };

    fn check(json: &str, expected: &[&str]) {
        let resource = Resource::parse(json.as_bytes(), &Limits::RESOURCE).unwrap();
        assert_eq!(patients_of(&resource), expected);
    }

    #[test]
    fn every_path_of_the_table_is_one_of_its_type() {
        for (resource_type, paths) in PATHS.iter() {
            for path in paths {
                let mut own = structures().resource(resource_type);
                for name in path.split('.') {
                    let field = own.and_then(|own| own.field(name)).unwrap();
                    own = match field.content {
                        Content::Complex(place) => structures().complex(place),
                        _ => None,
                    };
                }
                assert_eq!(
                    own.map(|own| own.role),
                    Some(Role::Reference),
                    "{resource_type}.{path}"
                );
            }
        }
    }

    #[test]
    fn a_patient_is_in_its_own_compartment() {
        check(r#"{"resourceType":"Patient","id":"a"}"#, &["a"]);
        check(r#"{"resourceType":"Patient"}"#, &[]);
    }

    #[test]
    fn a_resource_is_of_each_patient_that_it_refers_to_once() {
        check(
            r#"{"resourceType":"Appointment","participant":[
            {"actor":{"reference":"Patient/b/_history/2"}},{"actor":{"reference":"Location/c"}},
            {"actor":{"reference":"Patient/a"}},{"actor":{"reference":"Patient/b"}}]}"#,
            &["b", "a"],
        );
    }

    #[test]
    fn types_that_r4_forgot_say_whose_they_are() {
        check(
            r#"{"resourceType":"Task","for":{"reference":"Patient/a"}}"#,
            &["a"],
        );
        check(
            r#"{"resourceType":"Device","patient":{"reference":"Patient/a"}}"#,
            &["a"],
        );
        check(
            r#"{"resourceType":"Binary","securityContext":{"reference":"Patient/a"}}"#,
            &["a"],
        );
    }

    #[test]
    fn other_servers_and_tricks_name_no_patient() {
        for reference in [
            "http://x/Patient/a",
            "Patient/a/b",
            "Patient/../a",
            "Patient/",
            "#a",
        ] {
            let json = format!(
                r#"{{"resourceType":"Condition","subject":{{"reference":"{reference}"}}}}"#
            );
            check(&json, &[]);
        }
    }

    #[test]
    fn a_bundle_is_of_the_patients_of_its_entries() {
        check(
            r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a"}},
            {"resource":{"resourceType":"Flag","subject":{"reference":"Patient/b"}}}]}"#,
            &["a", "b"],
        );
    }
}
