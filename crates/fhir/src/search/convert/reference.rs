//! References.

use super::{coded::identifier, member};
use crate::{Node, resource_type::resource_type, search::Value};

pub(super) fn reference<'r>(
    node: Node<'r>,
    target: Option<&str>,
    emit: &mut impl FnMut(Value<'r>),
) {
    let named = member(node, "type");
    if let Some(text) = member(node, "reference") {
        let (local, found) = split_reference(text);
        let found = found.or(named);
        if target.is_none_or(|wanted| found == Some(wanted)) {
            emit(match local {
                Some((resource_type, id)) => Value::Local { resource_type, id },
                None => Value::Url(text),
            });
        }
    }
    if let Some(by) = node
        .get("identifier")
        .filter(|_| target.is_none_or(|t| named == Some(t)))
    {
        emit(Value::Identifier(identifier(by)));
    }
}

/// The type and id of a relative reference, and the type that any reference's URL ends on.
/// A version (`/_history/2`) is no part of what a reference is found by.
pub(in crate::search) fn split_reference(text: &str) -> (Option<(&str, &str)>, Option<&str>) {
    let unversioned = text
        .split_once("/_history/")
        .map_or(text, |(before, _)| before);
    let Some((before, id)) = unversioned.rsplit_once('/') else {
        return (None, None);
    };
    let last = before.rsplit_once('/').map_or(before, |(_, last)| last);
    match resource_type(last) {
        Some(found) if last.len() == before.len() => (Some((last, id)), Some(found)),
        found => (None, found),
    }
}

/// A resource that stands inside another, as if it were referred to.
pub(super) fn contained(node: Node<'_>) -> Option<Value<'_>> {
    Some(Value::Local {
        resource_type: member(node, "resourceType")?,
        id: member(node, "id")?,
    })
}
