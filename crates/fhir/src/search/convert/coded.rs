//! Codes and identifiers.

use super::member;
use crate::{
    Node,
    search::{Value, value::Token},
};

const BOOLEAN: &str = "http://terminology.hl7.org/CodeSystem/special-values";

impl<'r> Token<'r> {
    /// A code without a system.
    pub(super) fn of(code: &'r str) -> Self {
        Self {
            code: Some(code),
            ..Self::default()
        }
    }

    /// `true` or `false`, which have a system of their own.
    pub(in crate::search) fn boolean(yes: bool) -> Self {
        let code = if yes { "true" } else { "false" };
        Self {
            system: Some(BOOLEAN),
            implied: true,
            ..Self::of(code)
        }
    }
}

pub(super) fn coding(node: Node<'_>) -> Token<'_> {
    let mut token = Token::default();
    for (name, member) in node.entries() {
        match name {
            "system" => token.system = member.as_str(),
            "code" => token.code = member.as_str(),
            "display" => token.text = member.as_str(),
            _ => {}
        }
    }
    token
}

pub(super) fn concept<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    for (name, member) in node.entries() {
        match name {
            "coding" => {
                for item in member.items() {
                    emit(Value::Token(coding(item)));
                }
            }
            "text" => emit(Value::Token(Token {
                text: member.as_str(),
                ..Token::default()
            })),
            _ => {}
        }
    }
}

pub(super) fn identifier(node: Node<'_>) -> Token<'_> {
    Token {
        system: member(node, "system"),
        code: member(node, "value"),
        text: node.get("type").and_then(|kind| member(kind, "text")),
        ..Token::default()
    }
}

/// A telephone number or address; the kind (`phone`, `email`) stands where a system would.
pub(super) fn contact_point(node: Node<'_>) -> Token<'_> {
    Token {
        system: member(node, "system"),
        implied: true,
        code: member(node, "value"),
        ..Token::default()
    }
}
