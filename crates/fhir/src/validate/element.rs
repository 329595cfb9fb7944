//! A member of an object: alone or a list, a value or `_name` beside it.

use super::{Place, Validator, format};
use crate::{
    definitions::{Content, Element, Field, Primitive, structures},
    json::{Kind, Node},
    outcome::IssueCode,
};

impl<'a> Validator<'a> {
    /// A member; `parent` is the object that it stands in.
    pub(super) fn member(
        &mut self,
        parent: Node<'a>,
        field: &'static Field,
        element: &'static Element,
        child: Node<'a>,
        is_sibling: bool,
    ) {
        match (element.is_list, child.is_array()) {
            (true, true) => self.list(parent, field, element, child, is_sibling),
            (false, true) => self.report(IssueCode::Structure, "expected one value, not an array"),
            (true, false) => {
                self.report(IssueCode::Structure, "expected an array");
                self.single(parent, field, child, is_sibling);
            }
            (false, false) => self.single(parent, field, child, is_sibling),
        }
    }

    fn single(
        &mut self,
        parent: Node<'a>,
        field: &'static Field,
        child: Node<'a>,
        is_sibling: bool,
    ) {
        if is_sibling {
            let has_value = parent.get(&field.key).is_some();
            self.sibling(child, has_value);
        } else {
            self.value(field, child);
        }
    }

    fn list(
        &mut self,
        parent: Node<'a>,
        field: &'static Field,
        element: &'static Element,
        list: Node<'a>,
        is_sibling: bool,
    ) {
        let count = list.items().count();
        if count == 0 {
            self.report(IssueCode::Structure, "an array must not be empty");
        } else if count < element.min {
            let what = format!("at least {} are required", element.min);
            self.report(IssueCode::Required, what);
        }
        if is_sibling {
            return self.siblings(parent, field, list, count);
        }
        let mut beside = None;
        for (index, item) in list.items().enumerate() {
            self.location.enter_item(index);
            if item.is_null() && matches!(field.content, Content::Primitive(_)) {
                let beside: &mut Vec<_> = beside.get_or_insert_with(|| siblings(parent, field));
                if beside.get(index).is_none_or(|item| item.is_null()) {
                    let what = "null stands for a value only where `_name` has an object";
                    self.report(IssueCode::Structure, what);
                }
            } else {
                self.value(field, item);
            }
            self.location.leave();
        }
    }

    /// `_name` of a list: as long as the list of values, null where there is nothing to say.
    fn siblings(&mut self, parent: Node<'a>, field: &'static Field, list: Node<'a>, count: usize) {
        let values: Vec<_> = parent
            .get(&field.key)
            .into_iter()
            .flat_map(Node::items)
            .collect();
        if !values.is_empty() && values.len() != count {
            self.report(
                IssueCode::Structure,
                "`_name` must be as long as the list of values",
            );
        }
        for (index, item) in list.items().enumerate() {
            let has_value = values.get(index).is_some_and(|value| !value.is_null());
            self.location.enter_item(index);
            if !item.is_null() {
                self.sibling(item, has_value);
            } else if !has_value {
                self.report(
                    IssueCode::Structure,
                    "neither a value nor an object beside it",
                );
            }
            self.location.leave();
        }
    }

    /// The object that a primitive has beside its value: an id and extensions.
    fn sibling(&mut self, node: Node<'a>, has_value: bool) {
        if !node.is_object() {
            return self.report(IssueCode::Structure, "expected an object beside the value");
        }
        // With a value, an id alone is enough (ele-1).
        if has_value && node.entries().all(|(key, _)| key == "id") && node.get("id").is_some() {
            return;
        }
        if let Some(element) = structures().element_type() {
            self.object(node, element, None);
        }
    }

    fn value(&mut self, field: &'static Field, node: Node<'a>) {
        match field.content {
            Content::Primitive(primitive) => self.primitive(primitive, field, node),
            Content::Resource => {
                let place = if field.key == "contained" {
                    Place::Contained
                } else {
                    Place::Outermost
                };
                self.resource(node, place);
            }
            Content::Complex(place) if node.is_object() => {
                if let Some(own) = structures().complex(place) {
                    self.object(node, own, Some(field));
                }
            }
            Content::Complex(_) => self.report(IssueCode::Structure, "expected an object"),
        }
    }

    fn primitive(&mut self, primitive: Primitive, field: &'static Field, node: Node<'a>) {
        let expected = match primitive {
            Primitive::Boolean => Kind::Bool,
            Primitive::Decimal
            | Primitive::Integer
            | Primitive::PositiveInt
            | Primitive::UnsignedInt => Kind::Number,
            _ => Kind::String,
        };
        if node.kind() != expected {
            let kind = match expected {
                Kind::Bool => "true or false",
                Kind::Number => "a number",
                _ => "a string",
            };
            let what = format!("expected {kind} ({})", primitive.name());
            return self.report(IssueCode::Structure, what);
        }
        let text = node
            .as_str()
            .or_else(|| node.as_number())
            .unwrap_or_default();
        if let Err(what) = format::check(primitive, text) {
            return self.report(IssueCode::Value, what);
        }
        if matches!(
            primitive,
            Primitive::Uri | Primitive::Url | Primitive::Canonical
        ) {
            self.contained.mention(text);
        }
        if primitive == Primitive::Code
            && let Some(codes) = structures().code_set(field)
            && !codes.has_code(text)
        {
            let what = format!("not a code of the value set {}", codes.name());
            self.report(IssueCode::CodeInvalid, what);
        }
    }
}

fn siblings<'a>(parent: Node<'a>, field: &Field) -> Vec<Node<'a>> {
    parent
        .get(&format!("_{}", field.key))
        .into_iter()
        .flat_map(Node::items)
        .collect()
}
