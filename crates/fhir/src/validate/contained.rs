//! Contained resources (FHIR R4, references 2.3.0.2; dom-2 to dom-5).

use std::{collections::HashMap, mem::take};

use super::Validator;
use crate::{json::Node, outcome::IssueCode};

/// What the outermost resource around contains, and which of it is referred to.
#[derive(Default)]
pub(super) struct Contained<'a> {
    list: Vec<Part<'a>>,
    /// Places in `list`: a resource may contain so many that looking through them takes long.
    by_id: HashMap<&'a str, usize>,
}

struct Part<'a> {
    resource_type: &'a str,
    /// Another before it has the same id.
    is_second: bool,
    is_mentioned: bool,
}

impl<'a> Contained<'a> {
    /// What a resource contains.
    pub(super) fn of(resource: Node<'a>) -> Self {
        let mut contained = Self::default();
        for part in resource.get("contained").into_iter().flat_map(Node::items) {
            let place = contained.list.len();
            let id = part.text("id");
            let first = id.map(|id| *contained.by_id.entry(id).or_insert(place));
            contained.list.push(Part {
                resource_type: part.text("resourceType").unwrap_or_default(),
                is_second: first.is_some_and(|first| first != place),
                // What has no id can't be referred to; what refers to the resource around it need
                // not be (dom-3).
                is_mentioned: id.is_none() || refers_to_container(part),
            });
        }
        contained
    }

    /// The type of the contained resource that `#id` names.
    pub(super) fn resource_type(&self, id: &str) -> Option<&'a str> {
        let part = self.list.get(*self.by_id.get(id)?)?;
        Some(part.resource_type)
    }

    /// Notes that `#id` stands somewhere.
    pub(super) fn mention(&mut self, link: &str) {
        let place = link.strip_prefix('#').and_then(|id| self.by_id.get(id));
        if let Some(part) = place.and_then(|place| self.list.get_mut(*place)) {
            part.is_mentioned = true;
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

    /// Each contained resource has its own id, and is referred to or refers to what contains it.
    pub(super) fn contained_as_a_whole(&mut self) {
        for (index, part) in take(&mut self.contained.list).into_iter().enumerate() {
            self.location.enter("contained");
            self.location.enter_item(index);
            if part.is_second {
                let what = "another contained resource has the same id";
                self.report_in("id", IssueCode::Invariant, what);
            } else if !part.is_mentioned {
                let what = "nothing refers to this contained resource (dom-3)";
                self.report(IssueCode::Invariant, what);
            }
            self.location.leave();
            self.location.leave();
        }
    }
}
