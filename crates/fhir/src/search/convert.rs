//! From an element to the values that it is searched by (FHIR R4 search 3.1.1.4).

use super::{
    ParameterKind, Value,
    cover::is_person,
    date::Interval,
    decimal::Decimal,
    table::Path,
    value::{Span, Token, Unit},
};
use crate::{Node, resource_type::resource_type};

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

const BOOLEAN: &str = "http://terminology.hl7.org/CodeSystem/special-values";
const CURRENCY: &str = "urn:iso:std:iso:4217";

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
            Self::Coding => emit(Value::Token(coding(node))),
            Self::CodeableConcept => concept(node, emit),
            Self::Identifier => emit(Value::Token(identifier(node))),
            Self::ContactPoint => emit(Value::Token(contact_point(node))),
            Self::Code(system) => words(node, |code| {
                emit(Value::Token(Token {
                    system,
                    implied: true,
                    ..Token::of(code)
                }));
            }),
            Self::Boolean => {
                node.as_bool()
                    .into_iter()
                    .for_each(|yes| emit(Value::Token(Token::boolean(yes))));
            }
            Self::Flag => {
                emit(Value::Token(Token::boolean(node.as_bool() != Some(false))));
            }
            Self::Word { exact } => {
                words(node, |code| {
                    emit(Value::Token(Token {
                        exact,
                        ..Token::of(code)
                    }))
                });
            }
            Self::Reference => reference(node, target, emit),
            Self::Canonical => words(node, |url| emit(Value::Url(url))),
            Self::Contained => contained(node, emit),
            Self::Text => words(node, |text| emit(Value::String { text, words: false })),
            Self::Name => name(node, emit),
            Self::Address(parts) => strings(node, parts, emit),
            Self::Uri => words(node, |uri| emit(Value::Uri(uri))),
            Self::Date => date(node)
                .into_iter()
                .for_each(|date| emit(Value::Date(date))),
            Self::Period => emit(Value::Date(period(node))),
            Self::Timing => timing(node)
                .into_iter()
                .for_each(|date| emit(Value::Date(date))),
            Self::Number => {
                number(node)
                    .into_iter()
                    .for_each(|number| emit(Value::Number(Span::point(number))));
            }
            Self::NumberRange => emit(Value::Number(range(node))),
            Self::Quantity => quantity(node, emit),
            Self::Money => money(node, emit),
            Self::QuantityRange => quantity_range(node, emit),
            Self::SampledData => sampled(node, emit),
        }
    }
}

impl<'r> Token<'r> {
    /// A code without a system.
    pub(super) fn of(code: &'r str) -> Self {
        Self {
            code: Some(code),
            ..Self::default()
        }
    }

    /// `true` or `false`, which have a system of their own.
    pub(super) fn boolean(yes: bool) -> Self {
        let code = if yes { "true" } else { "false" };
        Self {
            system: Some(BOOLEAN),
            implied: true,
            ..Self::of(code)
        }
    }
}

impl Span {
    fn point(number: Decimal) -> Self {
        Self {
            low: Some(number),
            high: Some(number),
        }
    }
}

fn string<'r>(node: Node<'r>, name: &str) -> Option<&'r str> {
    node.get(name)?.as_str()
}

fn words<'r>(node: Node<'r>, mut emit: impl FnMut(&'r str)) {
    node.as_str()
        .filter(|text| !text.is_empty())
        .into_iter()
        .for_each(&mut emit);
}

fn strings<'r>(node: Node<'r>, parts: &[&str], emit: &mut impl FnMut(Value<'r>)) {
    for (_, part) in node.entries().filter(|(name, _)| parts.contains(name)) {
        words(part, |text| emit(Value::String { text, words: true }));
        part.items()
            .for_each(|item| words(item, |text| emit(Value::String { text, words: true })));
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

fn coding(node: Node<'_>) -> Token<'_> {
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

fn concept<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    for (name, member) in node.entries() {
        match name {
            "coding" => member
                .items()
                .for_each(|item| emit(Value::Token(coding(item)))),
            "text" => emit(Value::Token(Token {
                text: member.as_str(),
                ..Token::default()
            })),
            _ => {}
        }
    }
}

fn identifier(node: Node<'_>) -> Token<'_> {
    Token {
        system: string(node, "system"),
        code: string(node, "value"),
        text: node.get("type").and_then(|kind| string(kind, "text")),
        ..Token::default()
    }
}

fn contact_point(node: Node<'_>) -> Token<'_> {
    Token {
        system: string(node, "system"),
        implied: true,
        code: string(node, "value"),
        ..Token::default()
    }
}

fn reference<'r>(node: Node<'r>, target: Option<&str>, emit: &mut impl FnMut(Value<'r>)) {
    let named = string(node, "type");
    if let Some(text) = string(node, "reference") {
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
pub(super) fn split_reference(text: &str) -> (Option<(&str, &str)>, Option<&str>) {
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

fn contained<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    if let (Some(resource_type), Some(id)) = (string(node, "resourceType"), string(node, "id")) {
        emit(Value::Local { resource_type, id });
    }
}

fn date(node: Node<'_>) -> Option<Interval> {
    node.as_str().and_then(Interval::parse)
}

fn period(node: Node<'_>) -> Interval {
    Interval::between(
        node.get("start").and_then(date),
        node.get("end").and_then(date),
    )
}

/// The outer limits of a schedule. One that has no events or bounds is at no known time.
fn timing(node: Node<'_>) -> Option<Interval> {
    let events = node
        .get("event")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(date);
    let repeat = node
        .get("repeat")
        .and_then(|repeat| repeat.get("boundsPeriod"))
        .map(period);
    events.chain(repeat).reduce(Interval::around)
}

fn number(node: Node<'_>) -> Option<Decimal> {
    node.as_number().and_then(Decimal::parse)
}

fn member_number(node: Node<'_>, name: &str) -> Option<Decimal> {
    node.get(name).and_then(number)
}

fn range(node: Node<'_>) -> Span {
    let end = |name| node.get(name).and_then(|end| member_number(end, "value"));
    Span {
        low: end("low"),
        high: end("high"),
    }
}

fn unit(node: Node<'_>) -> Unit<'_> {
    Unit {
        system: string(node, "system"),
        code: string(node, "code"),
        text: string(node, "unit"),
    }
}

fn quantity<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    let Some(value) = member_number(node, "value") else {
        return;
    };
    let span = match string(node, "comparator") {
        Some("<" | "<=") => Span {
            low: None,
            high: Some(value),
        },
        Some(">" | ">=") => Span {
            low: Some(value),
            high: None,
        },
        _ => Span::point(value),
    };
    emit(Value::Quantity {
        span,
        unit: unit(node),
    });
}

fn money<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    if let Some(value) = member_number(node, "value") {
        let code = string(node, "currency");
        let unit = Unit {
            system: Some(CURRENCY),
            code,
            text: code,
        };
        emit(Value::Quantity {
            span: Span::point(value),
            unit,
        });
    }
}

fn quantity_range<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    let unit = node
        .get("low")
        .or_else(|| node.get("high"))
        .map(unit)
        .unwrap_or_default();
    emit(Value::Quantity {
        span: range(node),
        unit,
    });
}

/// A series is searched by the limits that it states; its samples are not read.
fn sampled<'r>(node: Node<'r>, emit: &mut impl FnMut(Value<'r>)) {
    let end = |name| member_number(node, name);
    let span = Span {
        low: end("lowerLimit"),
        high: end("upperLimit"),
    };
    if span.low.is_some() || span.high.is_some() {
        let unit = node.get("origin").map(unit).unwrap_or_default();
        emit(Value::Quantity { span, unit });
    }
}
