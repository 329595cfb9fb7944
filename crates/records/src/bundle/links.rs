//! The links between the entries of a bundle (FHIR R4, http 3.1.0.11.2; bundle 2.36.4.1).

use std::collections::HashMap;

use ward_core::ResourceKey;
use ward_fhir::{
    Issue, IssueCode, Resource, Target, references, resource_types, rewrite_references,
};

/// What the entries of a bundle call each other, and what they are.
#[derive(Default)]
pub(crate) struct Links {
    /// By fullUrl.
    entries: HashMap<String, ResourceKey>,
    /// By `Type?parameters`.
    conditions: HashMap<String, ResourceKey>,
}

impl Links {
    /// An entry of this fullUrl is this resource.
    pub(crate) fn entry(&mut self, full_url: Option<&str>, key: &ResourceKey) {
        self.entries
            .extend(full_url.map(|url| (url.to_owned(), key.clone())));
    }

    /// A conditional reference is this resource.
    pub(crate) fn condition(&mut self, reference: &str, key: ResourceKey) {
        self.conditions.insert(reference.to_owned(), key);
    }

    pub(crate) fn knows_condition(&self, reference: &str) -> bool {
        self.conditions.contains_key(reference)
    }

    /// A resource with its links resolved. `full_url` is that of its own entry: relative references
    /// in it are relative to the same base.
    pub(crate) fn resolve(&self, full_url: Option<&str>, resource: &Resource) -> Resource {
        let base = full_url.and_then(base_of);
        rewrite_references(resource, |link| {
            let (link, fragment) = match link.split_once('#') {
                Some((link, fragment)) => (link, Some(fragment)),
                None => (link, None),
            };
            // A link to a version is a link to its resource (bundle 2.36.4.1).
            let unversioned = || link.split_once("/_history/").map(|(link, _)| link);
            let key = self.find(base, link);
            let key = key.or_else(|| self.find(base, unversioned()?))?;
            Some(match fragment {
                Some(fragment) => format!("{key}#{fragment}"),
                None => key.to_string(),
            })
        })
    }

    fn find(&self, base: Option<&str>, link: &str) -> Option<&ResourceKey> {
        if link.is_empty() {
            return None;
        }
        let absolute = || self.entries.get(&format!("{}{link}", base?));
        self.entries
            .get(link)
            .or_else(absolute)
            .or_else(|| self.conditions.get(link))
    }
}

/// The conditional references of a resource: `(Type?parameters, Type, parameters)`.
pub(crate) fn conditional(resource: &Resource) -> Vec<(&str, &'static str, &str)> {
    if !resource.json().contains('?') {
        return Vec::new();
    }
    let condition = |link| match Target::read(link)? {
        Target::Search(resource_type, query) => Some((link, resource_type, query)),
        _ => None,
    };
    references(resource)
        .into_iter()
        .filter_map(|found| condition(found.value))
        .collect()
}

/// An issue for each reference that still names an entry that is not there.
pub(crate) fn dangling(resource: &Resource) -> Vec<Issue> {
    if !resource.json().contains("urn:") {
        return Vec::new();
    }
    let is_urn = |link: &str| link.starts_with("urn:uuid:") || link.starts_with("urn:oid:");
    let issue = |location| {
        Issue::error(
            IssueCode::NotFound,
            location,
            "the reference names no entry of the bundle",
        )
    };
    let found = references(resource)
        .into_iter()
        .filter(|found| is_urn(found.value));
    found.map(|found| issue(found.location)).collect()
}

/// `http://x/fhir/` of `http://x/fhir/Patient/1`.
fn base_of(full_url: &str) -> Option<&str> {
    let (rest, _id) = full_url.rsplit_once('/')?;
    let (base, resource_type) = rest.rsplit_once('/')?;
    let is_type = resource_types().binary_search(&resource_type).is_ok();
    (is_type && base.contains("://"))
        .then(|| full_url.get(..=base.len()))
        .flatten()
}

#[cfg(test)]
mod tests {
    use ward_fhir::Limits;

    use super::*;

    fn resource(subject: &str) -> Resource {
        let json =
            format!(r#"{{"resourceType":"Condition","subject":{{"reference":"{subject}"}}}}"#);
        Resource::parse(json.as_bytes(), &Limits::RESOURCE).unwrap()
    }

    #[test]
    fn a_link_to_an_entry_becomes_its_key() {
        let mut links = Links::default();
        links.entry(Some("urn:uuid:1"), &"Patient/a".parse().unwrap());
        links.entry(
            Some("http://x/fhir/Patient/9"),
            &"Patient/b".parse().unwrap(),
        );
        links.condition("Patient?identifier=7", "Patient/c".parse().unwrap());
        let check = |full_url, subject, expected| {
            let resolved = links.resolve(full_url, &resource(subject));
            assert_eq!(
                resolved.root().text("subject.reference"),
                Some(expected),
                "{subject}"
            );
        };
        check(None, "urn:uuid:1", "Patient/a");
        check(None, "urn:uuid:1#part", "Patient/a#part");
        check(None, "http://x/fhir/Patient/9", "Patient/b");
        check(Some("http://x/fhir/Condition/1"), "Patient/9", "Patient/b");
        check(Some("http://y/fhir/Condition/1"), "Patient/9", "Patient/9");
        let version = "Patient/9/_history/2";
        check(Some("http://x/fhir/Condition/1"), version, "Patient/b");
        check(None, "http://x/fhir/Patient/9/_history/2", "Patient/b");
        check(Some("http://y/fhir/Condition/1"), version, version);
        check(None, "Patient/9", "Patient/9");
        check(None, "Patient?identifier=7", "Patient/c");
        check(None, "#contained", "#contained");
    }

    #[test]
    fn what_names_no_entry_is_found() {
        assert_eq!(dangling(&resource("urn:uuid:2")).len(), 1);
        assert!(dangling(&resource("Patient/1")).is_empty());
        assert_eq!(conditional(&resource("Patient?identifier=7&x=1")).len(), 1);
        assert!(conditional(&resource("http://x?y")).is_empty());
    }
}
