//! The references of a resource: listed, and rewritten.

use crate::{
    definitions::{Content, Primitive, Role, Type, structures},
    json::{Builder, Kind, Node},
    location::Location,
    resource::Resource,
};

/// A literal reference of a resource: `Patient/1`, `urn:uuid:...`, `#contained`,
/// `Patient?identifier=...` or a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'a> {
    /// Where it stands: a FHIRPath location.
    pub location: String,
    /// `Reference.reference`.
    pub value: &'a str,
}

/// All literal references of a resource, those of contained resources and entries included.
pub fn references(resource: &Resource) -> Vec<Reference<'_>> {
    let mut found = Found {
        location: Location::of(resource.resource_type()),
        list: Vec::new(),
    };
    let own = structures().resource(resource.resource_type());
    if let Some(own) = own {
        found.object(resource.root(), own);
    }
    found.list
}

struct Found<'a> {
    location: Location,
    list: Vec<Reference<'a>>,
}

impl<'a> Found<'a> {
    fn object(&mut self, node: Node<'a>, own: &'static Type) {
        if own.role == Role::Reference
            && let Some(value) = node.text("reference")
        {
            self.list.push(Reference {
                location: self.location.render(),
                value,
            });
        }
        for (key, child) in node
            .entries()
            .filter(|(_, child)| child.is_object() || child.is_array())
        {
            let Some((name, content)) = beneath(own, key) else {
                continue;
            };
            self.location.enter(name);
            if child.is_array() {
                for (index, item) in child.items().enumerate() {
                    self.location.enter_item(index);
                    self.value(item, content);
                    self.location.leave();
                }
            } else {
                self.value(child, content);
            }
            self.location.leave();
        }
    }

    fn value(&mut self, node: Node<'a>, content: Content) {
        if let Some(own) = type_of(node, content) {
            self.object(node, own);
        }
    }
}

/// The resource with links replaced: `map` gives the new value of a link, or `None` to keep it.
///
/// Links are `Reference.reference` and the elements of type uri, url, oid and uuid (FHIR R4, http
/// 3.1.0.11.2; canonical ones never; links inside of narratives are left alone).
#[must_use]
pub fn rewrite_references(
    resource: &Resource,
    mut map: impl FnMut(&str) -> Option<String>,
) -> Resource {
    let mut builder = Builder::with_capacity(resource.json().len() + 64);
    let own = structures().resource(resource.resource_type());
    rewrite(&mut builder, resource.root(), own, &mut map);
    resource.with_document(builder.finish())
}

type Map<'m> = &'m mut dyn FnMut(&str) -> Option<String>;

fn rewrite(builder: &mut Builder, node: Node<'_>, own: Option<&'static Type>, map: Map<'_>) {
    let Some(own) = own else {
        return builder.copy(node);
    };
    builder.begin_object();
    for (key, child) in node.entries() {
        builder.name(key);
        match beneath(own, key) {
            _ if own.role == Role::Reference && key == "reference" => link(builder, child, map),
            Some((_, content)) => rewrite_value(builder, child, content, map),
            None => builder.copy(child),
        }
    }
    builder.end();
}

fn rewrite_value(builder: &mut Builder, node: Node<'_>, content: Content, map: Map<'_>) {
    match (node.kind(), content) {
        (Kind::Array, _) => {
            builder.begin_array();
            node.items()
                .for_each(|item| rewrite_value(builder, item, content, map));
            builder.end();
        }
        (Kind::Object, _) => rewrite(builder, node, type_of(node, content), map),
        (Kind::String, Content::Primitive(primitive)) if is_link(primitive) => {
            link(builder, node, map);
        }
        _ => builder.copy(node),
    }
}

fn link(builder: &mut Builder, node: Node<'_>, map: Map<'_>) {
    match node.as_str().and_then(map) {
        Some(value) => builder.string(&value),
        None => builder.copy(node),
    }
}

fn is_link(primitive: Primitive) -> bool {
    matches!(
        primitive,
        Primitive::Uri | Primitive::Url | Primitive::Oid | Primitive::Uuid
    )
}

/// What stands under a member's name, `_name` of primitives included.
fn beneath(own: &'static Type, key: &str) -> Option<(&'static str, Content)> {
    let field = own.field(key.strip_prefix('_').unwrap_or(key))?;
    Some((own.element(field)?.name, field.content))
}

/// The type of an object that stands where `content` belongs.
fn type_of(node: Node<'_>, content: Content) -> Option<&'static Type> {
    match content {
        Content::Complex(place) => structures().complex(place),
        Content::Resource => structures().resource(node.text("resourceType")?),
        // `_name`: an element with extensions.
        Content::Primitive(_) => structures().element_type(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Limits;

    fn check(json: &str, expected: &Expect) {
        let resource = Resource::parse(json.as_bytes(), &Limits::RESOURCE).unwrap();
        let list = references(&resource);
        let lines = list
            .iter()
            .map(|found| format!("{} {}\n", found.location, found.value));
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        check(
            r##"{"resourceType":"Observation","contained":[{"resourceType":"Device","id":"d",
            "patient":{"reference":"Patient/1"}}],"subject":{"reference":"urn:uuid:1"},
            "performer":[{"display":"x"},{"reference":"Practitioner?identifier=a|b"}],
            "device":{"reference":"#d"},"_status":{"extension":[{"url":"http://x",
            "valueReference":{"reference":"Group/1"}}]}}"##,
            &expect![[r"
                Observation.contained[0].patient Patient/1
                Observation.subject urn:uuid:1
                Observation.performer[1] Practitioner?identifier=a|b
                Observation.device #d
                Observation.status.extension[0].value Group/1
            "]],
        );
    }

    #[test]
    fn a_uri_named_reference_is_no_reference() {
        check(
            r#"{"resourceType":"DetectedIssue","status":"final","reference":"Patient/1"}"#,
            &expect![""],
        );
    }

    #[test]
    fn links_are_rewritten_and_everything_else_stays() {
        let json = r#"{"resourceType":"DocumentReference","id":"a","identifier":[{"system":
            "urn:uuid:1","value":"urn:uuid:1"}],"subject":{"reference":"urn:uuid:1","display":"\"q\""},
            "content":[{"attachment":{"url":"urn:uuid:1","size":1.0}}]}"#;
        let resource = Resource::parse(json.as_bytes(), &Limits::RESOURCE).unwrap();
        let map = |link: &str| (link == "urn:uuid:1").then(|| "Patient/\"7".to_owned());
        let rewritten = rewrite_references(&resource, map);
        expect![[r#"{"resourceType":"DocumentReference","id":"a","identifier":[{"system":"Patient/\"7","value":"urn:uuid:1"}],"subject":{"reference":"Patient/\"7","display":"\"q\""},"content":[{"attachment":{"url":"Patient/\"7","size":1.0}}]}"#]]
        .assert_eq(rewritten.json());
        let again = Resource::parse(rewritten.json().as_bytes(), &Limits::RESOURCE).unwrap();
        assert_eq!(again.json(), rewritten.json());
        let subject = rewritten.root().text("subject.reference");
        assert_eq!(subject, Some("Patient/\"7"));
        assert_eq!(rewritten.root().text("subject.display"), Some("\"q\""));
    }

    #[test]
    fn a_resource_whose_links_stay_is_the_same() {
        let json = r#"{"resourceType":"Patient","unknown":[1,{"a":[]}],"name":[{"family":"\n"}]}"#;
        let resource = Resource::parse(json.as_bytes(), &Limits::RESOURCE).unwrap();
        assert_eq!(rewrite_references(&resource, |_| None).json(), json);
    }
}
