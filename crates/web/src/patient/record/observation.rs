use ward_fhir::{Node, Resource};

use super::{Entry, date, own_status, source, words};
use crate::{date::FhirDate, patient::item::Item, status::Status};

/// Codes of the two halves of a blood pressure (LOINC).
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";

/// A measurement, a laboratory result, a report.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let date = date(
        root,
        &[
            "effectiveDateTime",
            "effectivePeriod.start",
            "effectiveInstant",
            "issued",
        ],
    );
    let interpreted = root.text("interpretation.coding.code").and_then(Status::of);
    let item = Item {
        what: words::field(root, "code").unwrap_or_else(|| words::UNNAMED.to_owned()),
        detail: detail(root),
        status: interpreted.or_else(|| own_status(root)),
        date: date.map(FhirDate::day),
        source: source::of(resource),
    };
    let is_past =
        ["cancelled", "entered-in-error"].contains(&root.text("status").unwrap_or_default());
    Entry {
        item,
        date,
        is_past,
    }
}

fn detail(root: Node<'_>) -> Option<String> {
    value(root)
        .or_else(|| blood_pressure(root))
        .or_else(|| components(root))
        .or_else(|| root.text("conclusion").map(str::to_owned))
        .or_else(|| words::field(root, "dataAbsentReason"))
}

/// The value of an observation or of one of its components (R4 Observation.value[x]).
fn value(of: Node<'_>) -> Option<String> {
    if let Some(quantity) = of.get("valueQuantity") {
        return words::quantity(quantity);
    }
    if let Some(range) = of.get("valueRange") {
        let end = |name| range.get(name).and_then(words::quantity);
        return Some(format!("{} to {}", end("low")?, end("high")?));
    }
    if let Some(yes) = of.get("valueBoolean").and_then(Node::as_bool) {
        return Some(if yes { "Yes" } else { "No" }.to_owned());
    }
    let coded = words::field(of, "valueCodeableConcept");
    let text = || of.text("valueString").map(str::to_owned);
    let number = || {
        of.get("valueInteger")
            .and_then(Node::as_number)
            .map(str::to_owned)
    };
    let date = || Some(FhirDate::parse(of.text("valueDateTime")?)?.moment());
    coded.or_else(text).or_else(number).or_else(date)
}

/// `142/88 mmHg`.
fn blood_pressure(root: Node<'_>) -> Option<String> {
    let half = |code: &str| {
        let components = root.get("component")?.items();
        let is_half = |part: &Node<'_>| {
            part.all("code.coding.code")
                .iter()
                .any(|known| known.as_str() == Some(code))
        };
        components
            .filter(is_half)
            .find_map(|part| part.get("valueQuantity"))
    };
    let (systolic, diastolic) = (half(SYSTOLIC)?, half(DIASTOLIC)?);
    let upper = systolic.get("value")?.as_number()?;
    Some(format!("{upper}/{}", words::quantity(diastolic)?))
}

fn components(root: Node<'_>) -> Option<String> {
    let parts = root
        .get("component")?
        .items()
        .filter_map(|part| Some(format!("{}: {}", words::field(part, "code")?, value(part)?)));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
