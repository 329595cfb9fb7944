use ward_fhir::Resource;

use super::{Entry, date, source, words};
use crate::{date::FhirDate, patient::item::Item};

/// A warning.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let date = date(root, &["period.start"]);
    let item = Item {
        what: words::field(root, "code").unwrap_or_else(|| words::UNNAMED.to_owned()),
        detail: words::field(root, "category"),
        status: None,
        date: date.map(FhirDate::day),
        source: source::of(resource),
    };
    Entry {
        item,
        date,
        is_past: root.text("status") != Some("active"),
    }
}
