use ward_fhir::Resource;

use super::{Entry, date, source, words};
use crate::{patient::item::Item, status::Status};

/// A problem. What is over, refuted or entered in error is past, and says so.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let clinical = root.text("clinicalStatus.coding.code").unwrap_or("active");
    let verified = root
        .text("verificationStatus.coding.code")
        .unwrap_or("confirmed");
    let is_past = ["inactive", "remission", "resolved"].contains(&clinical)
        || ["refuted", "entered-in-error"].contains(&verified);
    let date = date(
        root,
        &["onsetDateTime", "onsetPeriod.start", "recordedDate"],
    );
    let since = date.map(crate::date::FhirDate::day);
    let details = [
        words::field(root, "severity"),
        words::field(root, "bodySite"),
        root.text("note.text").map(str::to_owned),
    ];
    let details: Vec<String> = details.into_iter().flatten().collect();
    let item = Item {
        what: words::field(root, "code").unwrap_or_else(|| words::UNNAMED.to_owned()),
        detail: Some(details.join(", ")).filter(|detail| !detail.is_empty()),
        status: Status::of(verified).or_else(|| Status::of(clinical)),
        date: since.or_else(|| root.text("onsetString").map(str::to_owned)),
        source: source::of(resource),
    };
    Entry {
        item,
        date,
        is_past,
    }
}
