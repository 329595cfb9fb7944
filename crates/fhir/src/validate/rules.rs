//! Rules of the data types that go over more than one element.

use super::{Validator, period};
use crate::{
    definitions::{CodeSet, Field, Role, Type, structures},
    json::Node,
    outcome::IssueCode,
};

impl<'a> Validator<'a> {
    pub(super) fn rules(
        &mut self,
        node: Node<'a>,
        own: &'static Type,
        field: Option<&'static Field>,
    ) {
        match own.role {
            Role::Plain | Role::Resource => {}
            Role::Extension => self.extension(node),
            Role::Reference => self.reference(node, field.map_or(&[], |field| &field.targets)),
            Role::CodeableConcept | Role::Coding => self.coded(node, own, field),
            Role::Period => self.period(node),
            Role::Quantity => self.quantity(node),
            Role::Attachment => self.attachment(node),
        }
    }

    fn extension(&mut self, node: Node<'a>) {
        let is_value = |key: &str| key.trim_start_matches('_').starts_with("value");
        let has_value = node.entries().any(|(key, _)| is_value(key));
        if has_value == node.get("extension").is_some() {
            let what = "an extension has either a value or extensions (ext-1)";
            self.report(IssueCode::Invariant, what);
        }
    }

    /// A required binding: the coding, or one of those of a concept, is in the value set.
    fn coded(&mut self, node: Node<'a>, own: &'static Type, field: Option<&'static Field>) {
        let Some(codes) = field.and_then(|field| structures().code_set(field)) else {
            return;
        };
        let is_bound = match own.role {
            Role::Coding => is_of(node, codes),
            _ => node
                .get("coding")
                .into_iter()
                .flat_map(Node::items)
                .any(|part| is_of(part, codes)),
        };
        if !is_bound {
            let what = format!("no coding of the value set {}", codes.name());
            self.report(IssueCode::CodeInvalid, what);
        }
    }

    fn period(&mut self, node: Node<'a>) {
        if let (Some(start), Some(end)) = (node.text("start"), node.text("end"))
            && period::is_reversed(start, end)
        {
            self.report(
                IssueCode::Invariant,
                "a period ends before it starts (per-1)",
            );
        }
    }

    fn quantity(&mut self, node: Node<'a>) {
        if node.get("code").is_some() && node.get("system").is_none() {
            let what = "a code of a unit needs its system (qty-3)";
            self.report(IssueCode::Invariant, what);
        }
    }

    fn attachment(&mut self, node: Node<'a>) {
        if node.get("data").is_some() && node.get("contentType").is_none() {
            self.report(IssueCode::Invariant, "data needs a contentType (att-1)");
        }
    }
}

fn is_of(coding: Node<'_>, codes: &CodeSet) -> bool {
    match (coding.text("system"), coding.text("code")) {
        (Some(system), Some(code)) => codes.has(system, code),
        _ => false,
    }
}
