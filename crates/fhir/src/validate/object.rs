//! An object: its members against the elements of its type.

use super::{Validator, is_resource};
use crate::{
    definitions::{Content, Field, Primitive, Type},
    json::Node,
    outcome::IssueCode,
};

/// Longest name of an unknown element that an error repeats.
const NAME_LENGTH: usize = 40;

impl<'a> Validator<'a> {
    /// An object of that type; `field` is what holds it, unless it is a whole resource.
    pub(super) fn object(
        &mut self,
        node: Node<'a>,
        own: &'static Type,
        field: Option<&'static Field>,
    ) {
        let mut seen = 0u128;
        let mut has_content = is_resource(own);
        for (key, child) in node.entries() {
            if self.is_full() {
                return;
            }
            if key == "resourceType" && is_resource(own) {
                continue;
            }
            has_content |= key != "id";
            let Some((field, is_sibling)) = find(own, key) else {
                self.unknown(key);
                continue;
            };
            let Some(element) = own.element(field) else {
                continue;
            };
            self.location.enter(element.name);
            let bit = 1u128 << field.element;
            if seen & bit != 0 && !is_first_choice(node, own, field) {
                self.report(IssueCode::Structure, "only one type of a choice may stand");
            }
            seen |= bit;
            if element.is_forbidden {
                self.report(IssueCode::Structure, "this element is not allowed here");
            } else {
                self.member(node, field, element, child, is_sibling);
            }
            self.location.leave();
        }
        self.missing(own, own.required & !seen);
        if !has_content {
            self.report(
                IssueCode::Invariant,
                "an element needs a value or children (ele-1)",
            );
        }
        self.rules(node, own, field);
    }

    fn missing(&mut self, own: &'static Type, mut missing: u128) {
        while missing != 0 {
            let place = missing.trailing_zeros();
            missing &= missing - 1;
            if let Some(element) = own.elements.get(place as usize) {
                self.report_in(
                    element.name,
                    IssueCode::Required,
                    "this element is required",
                );
            }
        }
    }

    /// Names an unknown element if its name looks like one: a name may be anything, a person's too.
    fn unknown(&mut self, key: &str) {
        let looks_like_one = key.len() <= NAME_LENGTH
            && key.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && key
                .chars()
                .all(|part| part.is_ascii_alphanumeric() || part == '_');
        if looks_like_one {
            let what = format!("unknown element `{key}`");
            self.report(IssueCode::Structure, what);
        } else {
            self.report(IssueCode::Structure, "unknown element");
        }
    }
}

/// The field of a JSON name, and whether the name is `_name`: what a primitive has beside its value.
fn find(own: &'static Type, key: &str) -> Option<(&'static Field, bool)> {
    match key.strip_prefix('_') {
        None => Some((own.field(key)?, false)),
        Some(name) => {
            let field = own.field(name)?;
            let is_primitive =
                matches!(field.content, Content::Primitive(kind) if kind != Primitive::Xhtml);
            is_primitive.then_some((field, true))
        }
    }
}

/// Whether no member before this one is of another type of the same choice.
fn is_first_choice(node: Node<'_>, own: &'static Type, field: &Field) -> bool {
    let first = node
        .entries()
        .filter_map(|(key, _)| own.field(key.strip_prefix('_').unwrap_or(key)))
        .find(|other| other.element == field.element);
    first.is_none_or(|first| first.key == field.key)
}
