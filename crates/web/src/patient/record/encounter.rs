use ward_fhir::{Node, Resource};

use super::{Entry, date, own_status, source, words};
use crate::{date::FhirDate, patient::item::Item};

/// A contact with somebody's care.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let date = date(root, &["period.start"]);
    let kind = root.first("class").and_then(class);
    let what = words::field(root, "reasonCode").or_else(|| words::field(root, "type"));
    let item = Item {
        what: what.unwrap_or_else(|| "Reason not given".to_owned()),
        detail: kind,
        status: own_status(root),
        date: date.map(FhirDate::moment),
        source: source::of(resource),
    };
    Entry {
        item,
        date,
        is_past: false,
    }
}

/// R4 Encounter.class (v3 `ActEncounterCode`) in the words of staff.
fn class(class: Node<'_>) -> Option<String> {
    let known = match class.text("code") {
        Some("AMB") => Some("Outpatient or surgery"),
        Some("EMER") => Some("Emergency"),
        Some("HH") => Some("At home"),
        Some("IMP" | "ACUTE" | "NONAC") => Some("Inpatient"),
        Some("OBSENC") => Some("Observation"),
        Some("VR") => Some("Telephone or video"),
        _ => None,
    };
    known.or_else(|| class.text("display")).map(str::to_owned)
}
