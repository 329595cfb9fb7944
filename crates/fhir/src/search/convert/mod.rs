//! From an element to the values that it is searched by (FHIR R4 search 3.1.1.4).

mod coded;
mod measured;
mod reference;

pub(super) use reference::split_reference;

use super::{ParameterKind, Value, cover::is_person, table::Path, value::Token};
use crate::Node;

/// Parts of a name that `name` and `phonetic` look at. Titles are left out: many share them, and
/// they tell gender and marriage. The text stands in where there are no parts.
pub(super) const NAME_PARTS: &[&str] = &["family", "given", "text"];
/// Parts of an address that `address` looks at.
pub(super) const ADDRESS_PARTS: &[&str] = &[
    "text",
    "line",
    "city",
    "district",
    "postalCode",
    "state",
    "country",
];
/// The same for a person's: state and country, which many share, are left to their own parameters.
pub(super) const PERSON_ADDRESS_PARTS: &[&str] =
    &["text", "line", "city", "district", "postalCode"];

/// How an element of one datatype becomes values of one kind of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    Coding,
    CodeableConcept,
    Identifier,
    ContactPoint,
    /// A code; its system follows from the element.
    Code(Option<&'static str>),
    Boolean,
    /// True, unless it is `false`.
    Flag,
    /// A string that is a token; an id's case matters.
    Word {
        exact: bool,
    },
    Reference,
    Canonical,
    /// A resource that stands inside this one.
    Contained,
    Text,
    Name,
    Address(&'static [&'static str]),
    Date,
    Period,
    Timing,
    Number,
    NumberRange,
    Quantity,
    Money,
    QuantityRange,
    SampledData,
    Uri,
}

impl Conversion {
    pub(super) fn of(kind: ParameterKind, path: &Path, resource_type: &str) -> Option<Self> {
        use ParameterKind as K;
        Some(match (kind, path.datatype) {
            (K::Token, "Coding") => Self::Coding,
            (K::Token, "CodeableConcept") => Self::CodeableConcept,
            (K::Token, "Identifier") => Self::Identifier,
            (K::Token, "ContactPoint") => Self::ContactPoint,
            (K::Token, "code") => Self::Code(path.system),
            (K::Token, "boolean") => Self::Boolean,
            (K::Token, "flag") => Self::Flag,
            (K::Token, "id" | "string" | "uri") => Self::Word {
                exact: path.text == "id",
            },
            (K::Reference, "Reference") => Self::Reference,
            (K::Reference, "canonical" | "uri") => Self::Canonical,
            (K::Reference, "Resource") => Self::Contained,
            (K::String, "string" | "markdown") => Self::Text,
            (K::String, "HumanName") => Self::Name,
            (K::String, "Address") if is_person(resource_type) => {
                Self::Address(PERSON_ADDRESS_PARTS)
            }
            (K::String, "Address") => Self::Address(ADDRESS_PARTS),
            (K::Date, "date" | "dateTime" | "instant") => Self::Date,
            (K::Date, "Period") => Self::Period,
            (K::Date, "Timing") => Self::Timing,
            (K::Number, "decimal" | "integer" | "positiveInt" | "unsignedInt") => Self::Number,
            (K::Number, "Range") => Self::NumberRange,
            (K::Quantity, "Quantity" | "Age" | "Count" | "Distance" | "Duration") => Self::Quantity,
            (K::Quantity, "Money") => Self::Money,
            (K::Quantity, "Range") => Self::QuantityRange,
            (K::Quantity, "SampledData") => Self::SampledData,
            (K::Uri, "uri" | "url" | "canonical" | "oid" | "uuid") => Self::Uri,
            _ => return None,
        })
    }

    /// Gives the element's values one by one; a malformed one has none.
    pub(super) fn convert<'r>(
        self,
        node: Node<'r>,
        target: Option<&str>,
        emit: &mut impl FnMut(Value<'r>),
    ) {
        match self {
            Self::CodeableConcept => coded::concept(node, emit),
            Self::Reference => reference::reference(node, target, emit),
            Self::Name => name(node, emit),
            Self::Address(parts) => strings(node, parts, emit),
            _ => {
                if let Some(value) = self.single(node) {
                    emit(value);
                }
            }
        }
    }

    /// The value of an element that has one at most.
    fn single(self, node: Node<'_>) -> Option<Value<'_>> {
        Some(match self {
            Self::Coding => Value::Token(coded::coding(node)),
            Self::Identifier => Value::Token(coded::identifier(node)),
            Self::ContactPoint => Value::Token(coded::contact_point(node)),
            Self::Code(system) => Value::Token(Token {
                system,
                implied: true,
                ..Token::of(word(node)?)
            }),
            Self::Boolean => Value::Token(Token::boolean(node.as_bool()?)),
            Self::Flag => Value::Token(Token::boolean(node.as_bool() != Some(false))),
            Self::Word { exact } => Value::Token(Token {
                exact,
                ..Token::of(word(node)?)
            }),
            Self::Canonical => Value::Url(word(node)?),
            Self::Contained => reference::contained(node)?,
            Self::Text => Value::String {
                text: word(node)?,
                words: false,
            },
            Self::Uri => Value::Uri(word(node)?),
            Self::Date => Value::Date(measured::date(node)?),
            Self::Period => Value::Date(measured::period(node)),
            Self::Timing => Value::Date(measured::timing(node)?),
            Self::Number => Value::Number(measured::number(node)?),
            Self::NumberRange => Value::Number(measured::range(node)),
            Self::Quantity => measured::quantity(node)?,
            Self::Money => measured::money(node)?,
            Self::QuantityRange => measured::quantity_range(node),
            Self::SampledData => measured::sampled(node)?,
            Self::CodeableConcept | Self::Reference | Self::Name | Self::Address(_) => return None,
        })
    }
}

/// A string that is not empty.
fn word(node: Node<'_>) -> Option<&str> {
    node.as_str().filter(|text| !text.is_empty())
}

fn member<'r>(node: Node<'r>, name: &str) -> Option<&'r str> {
    node.get(name)?.as_str()
}

fn strings<'r>(node: Node<'r>, parts: &[&str], emit: &mut impl FnMut(Value<'r>)) {
    for (_, part) in node.entries().filter(|(name, _)| parts.contains(name)) {
        for text in part.items().chain([part]).filter_map(word) {
            emit(Value::String { text, words: true });
        }
    }
}

fn name<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    let has_parts = node.get("family").is_some() || node.get("given").is_some();
    strings(
        node,
        if has_parts {
            &["family", "given"]
        } else {
            &["text"]
        },
        emit,
    );
}
