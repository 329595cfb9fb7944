//! Contained resources (FHIR R4, references 2.3.0.2; dom-2 to dom-5).

use super::Validator;
use crate::{json::Node, outcome::IssueCode};

/// What the outermost resource around contains, and which of it is referred to.
#[derive(Default)]
pub(super) struct Contained<'a> {
    list: Vec<Part<'a>>,
}

struct Part<'a> {
    id: &'a str,
    resource_type: &'a str,
    is_mentioned: bool,
}

impl<'a> Contained<'a> {
    /// What a resource contains.
    pub(super) fn of(resource: Node<'a>) -> Self {
        let parts = resource.get("contained").into_iter().flat_map(Node::items);
        let read = |part: Node<'a>| Part {
            id: part.text("id").unwrap_or_default(),
            resource_type: part.text("resourceType").unwrap_or_default(),
            // One that refers to what contains it need not be referred to (dom-3).
            is_mentioned: refers_to_container(part),
        };
        Self {
            list: parts.map(read).collect(),
        }
    }

    /// The type of the contained resource that `#id` names.
    pub(super) fn resource_type(&self, id: &str) -> Option<&'a str> {
        self.list
            .iter()
            .find(|part| part.id == id)
            .map(|part| part.resource_type)
    }

    /// Notes that `#id` stands somewhere.
    pub(super) fn mention(&mut self, link: &str) {
        if let Some(id) = link.strip_prefix('#') {
            let named = self.list.iter_mut().filter(|part| part.id == id);
            named.for_each(|part| part.is_mentioned = true);
        }
    }
}

fn refers_to_container(node: Node<'_>) -> bool {
    node.entries().any(|(key, child)| {
        (key == "reference" && child.as_str() == Some("#")) || refers_to_container(child)
    }) || node.items().any(refers_to_container)
}

impl<'a> Validator<'a> {
    /// Rules of one contained resource.
    pub(super) fn contained_rules(&mut self, node: Node<'a>) {
        let id = node.text("id");
        if id.is_none() {
            let what = "a contained resource needs an id";
            self.report_in("id", IssueCode::Required, what);
        }
        if self
            .contained
            .list
            .iter()
            .filter(|part| Some(part.id) == id)
            .count()
            > 1
        {
            let what = "another contained resource has the same id";
            self.report_in("id", IssueCode::Invariant, what);
        }
        if node.get("contained").is_some() {
            let what = "a contained resource must not contain others (dom-2)";
            self.report_in("contained", IssueCode::Invariant, what);
        }
        for name in ["versionId", "lastUpdated", "security"] {
            if node
                .get("meta")
                .is_some_and(|meta| meta.get(name).is_some())
            {
                let what = "a contained resource has no version, time or label (dom-4, dom-5)";
                self.report_in("meta", IssueCode::Invariant, what);
            }
        }
    }

    /// Each contained resource is referred to, or refers to what contains it (dom-3).
    pub(super) fn report_unused_contained(&mut self) {
        let unused: Vec<usize> = (self.contained.list.iter().enumerate())
            .filter(|(_, part)| !part.is_mentioned && !part.id.is_empty())
            .map(|(index, _)| index)
            .collect();
        for index in unused {
            self.location.enter("contained");
            self.location.enter_item(index);
            let what = "nothing refers to this contained resource (dom-3)";
            self.report(IssueCode::Invariant, what);
            self.location.leave();
            self.location.leave();
        }
    }
}
