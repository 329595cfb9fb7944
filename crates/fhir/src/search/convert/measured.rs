//! Dates, numbers and quantities.

use super::member;
use crate::{
    Node,
    search::{
        Value,
        date::Interval,
        decimal::Decimal,
        value::{Span, Unit},
    },
};

const CURRENCY: &str = "urn:iso:std:iso:4217";

impl Span {
    fn point(number: Decimal) -> Self {
        Self {
            low: Some(number),
            high: Some(number),
        }
    }
}

pub(super) fn date(node: Node<'_>) -> Option<Interval> {
    node.as_str().and_then(Interval::parse)
}

pub(super) fn period(node: Node<'_>) -> Interval {
    Interval::between(
        node.get("start").and_then(date),
        node.get("end").and_then(date),
    )
}

/// The outer limits of a schedule. One that has no events or bounds is at no known time.
pub(super) fn timing(node: Node<'_>) -> Option<Interval> {
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

fn decimal(node: Node<'_>) -> Option<Decimal> {
    node.as_number().and_then(Decimal::parse)
}

pub(super) fn number(node: Node<'_>) -> Option<Span> {
    decimal(node).map(Span::point)
}

fn member_number(node: Node<'_>, name: &str) -> Option<Decimal> {
    node.get(name).and_then(decimal)
}

pub(super) fn range(node: Node<'_>) -> Span {
    let end = |name| node.get(name).and_then(|end| member_number(end, "value"));
    Span {
        low: end("low"),
        high: end("high"),
    }
}

fn unit(node: Node<'_>) -> Unit<'_> {
    Unit {
        system: member(node, "system"),
        code: member(node, "code"),
        text: member(node, "unit"),
    }
}

pub(super) fn quantity(node: Node<'_>) -> Option<Value<'_>> {
    let value = member_number(node, "value")?;
    let span = match member(node, "comparator") {
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
    Some(Value::Quantity {
        span,
        unit: unit(node),
    })
}

pub(super) fn money(node: Node<'_>) -> Option<Value<'_>> {
    let code = member(node, "currency");
    let unit = Unit {
        system: Some(CURRENCY),
        code,
        text: code,
    };
    Some(Value::Quantity {
        span: Span::point(member_number(node, "value")?),
        unit,
    })
}

pub(super) fn quantity_range(node: Node<'_>) -> Value<'_> {
    let unit = node
        .get("low")
        .or_else(|| node.get("high"))
        .map(unit)
        .unwrap_or_default();
    Value::Quantity {
        span: range(node),
        unit,
    }
}

/// A series is searched by the limits that it states; its samples are not read.
pub(super) fn sampled(node: Node<'_>) -> Option<Value<'_>> {
    let end = |name| member_number(node, name);
    let span = Span {
        low: end("lowerLimit"),
        high: end("upperLimit"),
    };
    let unit = node.get("origin").map(unit).unwrap_or_default();
    (span.low.is_some() || span.high.is_some()).then_some(Value::Quantity { span, unit })
}
