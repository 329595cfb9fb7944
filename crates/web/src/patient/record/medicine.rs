use ward_fhir::Resource;

use super::{Entry, date, own_status, source, words};
use crate::{date::FhirDate, patient::item::Item};

/// A medicine that was prescribed, or that the person says to take.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let status = root.text("status").unwrap_or("active");
    let is_past = [
        "completed",
        "stopped",
        "cancelled",
        "entered-in-error",
        "not-taken",
    ]
    .contains(&status);
    let date = date(
        root,
        &[
            "effectiveDateTime",
            "effectivePeriod.start",
            "authoredOn",
            "dateAsserted",
        ],
    );
    let what = words::field(root, "medicationCodeableConcept")
        .or_else(|| root.text("medicationReference.display").map(str::to_owned));
    let taken = root
        .text("dosageInstruction.text")
        .or_else(|| root.text("dosage.text"));
    let item = Item {
        what: what.unwrap_or_else(|| words::UNNAMED.to_owned()),
        detail: taken.map(str::to_owned),
        status: own_status(root),
        date: date.map(FhirDate::day),
        source: source::of(resource),
    };
    Entry {
        item,
        date,
        is_past,
    }
}
