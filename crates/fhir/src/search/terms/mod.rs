//! What an index holds of a resource, and what a query asks of an index.
//!
//! Terms are opaque: they are keyed and hashed before they are stored. Every resource that a query
//! matches has a term of each group that the query asks for; others may have them too, so what the
//! index finds is opened and checked ([`SearchQuery::matches`]).

mod date;
mod hierarchy;
mod number;
mod range;
mod string;

use std::fmt;

use hierarchy::Node;
use range::Range;

use super::{
    Parameter, SearchQuery, SearchValues, Value,
    matches::without_version,
    query::{Clause, Condition, Pointer, StringTest, Test, UriTest},
    text::{fold_code, normalise},
};

/// One key of an index. Debug shows its parameter alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// The resource type: a term is of one type.
    pub resource_type: &'static str,
    /// The parameter; empty for the term that every resource of the type has.
    pub parameter: &'static str,
    /// The value, in a form of its own.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Term({}.{})", self.resource_type, self.parameter)
    }
}

/// What a term's bytes begin with, so that terms of two kinds are never equal.
mod tag {
    pub(super) const CODE: u8 = b't';
    pub(super) const LOCAL: u8 = b'r';
    pub(super) const URL: u8 = b'u';
    pub(super) const IDENTIFIER: u8 = b'i';
    pub(super) const URI: u8 = b'U';
    pub(super) const WHOLE: u8 = b'=';
    pub(super) const START: u8 = b'^';
}

/// Terms that one group has at most. Asking an index for more costs more than it saves, so such a
/// criterion (fifty ids of any type at all) is left to the check after opening.
pub(super) const GROUP: usize = 2_000;

fn tagged(tag: u8, parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    bytes.push(tag);
    for part in parts {
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn of_type(resource_type: &'static str) -> Term {
    Term {
        resource_type,
        parameter: "",
        bytes: Vec::new(),
    }
}

/// The terms of a resource, each once, sorted.
pub fn index_terms(values: &SearchValues<'_>) -> Vec<Term> {
    let resource_type = values.resource_type;
    let mut terms = Vec::with_capacity(2 * values.len() + 1);
    terms.push(of_type(resource_type));
    for value in values {
        let parameter = value.parameter.name;
        // The others are found by the terms of a parameter that takes in their values.
        if value.parameter.index == Some(parameter) {
            value_terms(&value.value, &mut |bytes| {
                terms.push(Term {
                    resource_type,
                    parameter,
                    bytes,
                });
            });
        }
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn value_terms(value: &Value<'_>, emit: &mut impl FnMut(Vec<u8>)) {
    match value {
        Value::String { text, words } => string::index(&normalise(text), *words, emit),
        Value::Token(token) => {
            if let Some(code) = token.code {
                emit(tagged(tag::CODE, &[&fold_code(code)]));
            }
        }
        Value::Identifier(token) => {
            if let Some(code) = token.code {
                emit(tagged(tag::IDENTIFIER, &[&fold_code(code)]));
            }
        }
        Value::Local { resource_type, id } => {
            emit(tagged(tag::LOCAL, &[resource_type, "/", id]));
        }
        Value::Url(url) => {
            let plain = without_version(url);
            emit(tagged(tag::URL, &[url]));
            if plain.len() != url.len() {
                emit(tagged(tag::URL, &[plain]));
            }
        }
        Value::Uri(uri) => emit(tagged(tag::URI, &[uri])),
        Value::Date(interval) => date::index(interval, &mut |node: Node| emit(node.bytes())),
        Value::Number(span) | Value::Quantity { span, .. } => {
            number::index(span, &mut |node: Node| emit(node.bytes()));
        }
    }
}

/// What an index must be asked for a query: rows that have some term of every group. There is
/// always a group; no match is ever missed.
pub fn query_terms(query: &SearchQuery) -> Vec<Vec<Term>> {
    let resource_type = query.resource_type;
    let joined = range::joined(query);
    let is_joined = |clause: &&Clause| {
        let of_same = |(other, _): &(&Parameter, Range)| std::ptr::eq(*other, clause.parameter);
        joined.iter().any(of_same) && range::single(clause).is_some()
    };
    let alone = query.clauses.iter().filter(|clause| !is_joined(clause));
    let mut groups: Vec<Vec<Term>> = alone
        .filter_map(|clause| group(resource_type, clause.parameter, clause_terms(clause)?))
        .collect();
    groups.extend(joined.iter().filter_map(|(parameter, range)| {
        group(resource_type, parameter, range.terms(parameter.open))
    }));
    if groups.is_empty() {
        groups.push(vec![of_type(resource_type)]);
    }
    groups
}

fn group(
    resource_type: &'static str,
    parameter: &'static Parameter,
    values: Vec<Vec<u8>>,
) -> Option<Vec<Term>> {
    let name = parameter.index?;
    let term = |bytes| Term {
        resource_type,
        parameter: name,
        bytes,
    };
    let mut terms: Vec<Term> = values.into_iter().map(term).collect();
    terms.sort_unstable();
    terms.dedup();
    (terms.len() <= GROUP).then_some(terms)
}

/// The terms of a criterion's alternatives; `None` where one of them has none.
fn clause_terms(clause: &Clause) -> Option<Vec<Vec<u8>>> {
    let Test::Any(conditions) = &clause.test else {
        return None;
    };
    let mut all = Vec::new();
    for condition in conditions {
        all.extend(condition_terms(clause.parameter, condition)?);
    }
    Some(all)
}

fn condition_terms(parameter: &Parameter, condition: &Condition) -> Option<Vec<Vec<u8>>> {
    match condition {
        Condition::String {
            compare, normal, ..
        } => match compare {
            StringTest::Exact => Some(vec![tagged(tag::WHOLE, &[normal])]),
            StringTest::Starts => string::query(normal).map(|term| vec![term]),
            StringTest::Contains => None,
        },
        Condition::Token { code, .. } => code
            .as_ref()
            .map(|code| vec![tagged(tag::CODE, &[&fold_code(code)])]),
        Condition::Identifier { code, .. } => code
            .as_ref()
            .map(|code| vec![tagged(tag::IDENTIFIER, &[&fold_code(code)])]),
        Condition::TokenText(_) => None,
        Condition::Reference(pointer) => Some(pointer_terms(pointer)),
        Condition::Uri { compare, uri } => match compare {
            UriTest::Whole => Some(vec![tagged(tag::URI, &[uri])]),
            UriTest::Above => Some(above(uri)),
            UriTest::Below => None,
        },
        Condition::Date { .. } | Condition::Number(_) | Condition::Quantity { .. } => {
            Range::of(condition).map(|range| range.terms(parameter.open))
        }
    }
}

fn pointer_terms(pointer: &Pointer) -> Vec<Vec<u8>> {
    let types = pointer
        .local
        .iter()
        .flat_map(|(types, id)| types.iter().map(move |t| (t, id)));
    types
        .map(|(resource_type, id)| tagged(tag::LOCAL, &[resource_type, "/", id]))
        .chain([tagged(tag::URL, &[&pointer.url])])
        .collect()
}

/// A URI and all that it lies beneath.
fn above(uri: &str) -> Vec<Vec<u8>> {
    let ends = uri.match_indices('/').flat_map(|(at, _)| [at, at + 1]);
    ends.chain([uri.len()])
        .filter_map(|end| uri.get(..end))
        .map(|top| tagged(tag::URI, &[top]))
        .collect()
}

#[cfg(test)]
mod tests;
