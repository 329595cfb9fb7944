use ward_fhir::Resource;

use super::{Entry, date, source, words};
use crate::{date::FhirDate, patient::item::Item, status::Status};

/// A letter, a report, a scan.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let status = root.text("status").unwrap_or("current");
    let date = date(
        root,
        &[
            "date",
            "content.attachment.creation",
            "effectiveDateTime",
            "issued",
        ],
    );
    // A report has a code where a document has a type.
    let kind = words::field(root, "type").or_else(|| words::field(root, "code"));
    let what = root
        .text("description")
        .or_else(|| root.text("content.attachment.title"))
        .or_else(|| root.text("conclusion"))
        .map(str::to_owned)
        .or_else(|| kind.clone());
    let is_past = ["superseded", "entered-in-error", "cancelled"].contains(&status);
    let item = Item {
        what: what.unwrap_or_else(|| "Untitled document".to_owned()),
        detail: kind,
        status: Status::of(status),
        date: date.map(FhirDate::day),
        source: source::of(resource),
    };
    Entry {
        item,
        date,
        is_past,
    }
}
