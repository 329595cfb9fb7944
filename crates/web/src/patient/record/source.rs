//! Who says so.

use ward_fhir::{Node, Resource};

/// Fields that name who recorded, asked for, did or wrote something, the nearest to the fact first.
const FIELDS: [&str; 13] = [
    "recorder",
    "asserter",
    "requester",
    "informationSource",
    "performer",
    "author",
    "participant.individual",
    "resultsInterpreter",
    "custodian",
    "serviceProvider",
    "managingOrganization",
    "sender",
    "source",
];

/// Who recorded a resource, as far as it says. Where it does not, that is said, not guessed.
pub(super) fn of(resource: &Resource) -> String {
    let root = resource.root();
    let named = FIELDS.iter().find_map(|field| {
        let all = root.all(field);
        all.into_iter().find_map(display)
    });
    named.unwrap_or_else(|| "Source not given".to_owned())
}

fn display(reference: Node<'_>) -> Option<String> {
    let words = reference.text("display")?.trim();
    (!words.is_empty()).then(|| words.to_owned())
}
