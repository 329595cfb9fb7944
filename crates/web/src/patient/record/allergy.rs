use ward_fhir::{Node, Resource};

use super::{Entry, date, source, words};
use crate::{date::FhirDate, patient::item::Item, status::Status};

/// An allergy. One that is refuted, resolved or entered in error is past; one that nobody has
/// confirmed is not.
pub(super) fn entry(resource: &Resource) -> Entry {
    let root = resource.root();
    let clinical = root.text("clinicalStatus.coding.code").unwrap_or("active");
    let verified = root
        .text("verificationStatus.coding.code")
        .unwrap_or("confirmed");
    let is_past = ["inactive", "resolved"].contains(&clinical)
        || ["refuted", "entered-in-error"].contains(&verified);
    let date = date(
        root,
        &["recordedDate", "onsetDateTime", "onsetPeriod.start"],
    );
    let reactions = root
        .all("reaction.manifestation")
        .into_iter()
        .filter_map(words::concept);
    let reactions: Vec<String> = reactions.collect();
    let substance = || {
        root.all("reaction.substance")
            .into_iter()
            .find_map(words::concept)
    };
    let high = root
        .get("criticality")
        .and_then(Node::as_str)
        .and_then(Status::of);
    let item = Item {
        what: words::field(root, "code")
            .or_else(substance)
            .unwrap_or_else(|| words::UNNAMED.to_owned()),
        detail: Some(reactions.join(", ")).filter(|reactions| !reactions.is_empty()),
        status: high.or_else(|| Status::of(verified)),
        date: date.map(FhirDate::day),
        source: source::of(resource),
    };
    Entry {
        item,
        date,
        is_past,
    }
}
