//! What the fuzz target `resource` runs, and a property test too: any bytes as a resource.

use ward_core::Timestamp;

use crate::{
    Bundle, Limits, OperationOutcome, Resource, nhs_number, patients_of, references,
    rewrite_references, validate,
};

/// Reads bytes as a resource and does everything with it.
///
/// # Panics
/// Where something is wrong: what was written does not read back as the same.
pub fn resource(bytes: &[u8]) {
    let Ok(resource) = Resource::parse(bytes, &Limits::RESOURCE) else {
        return;
    };
    reads_back(&resource);
    reads_back(&rewrite_references(&resource, |link| {
        Some(format!("\"{link}\n"))
    }));
    reads_back(&resource.with_meta("a", 1, Timestamp::from_seconds(0)));
    assert_eq!(
        rewrite_references(&resource, |_| None).json(),
        resource.json()
    );
    let issues = [validate(&resource), nhs_number::warnings(&resource)].concat();
    let outcome = OperationOutcome::from(issues.as_slice()).into_bytes();
    let outcome = Resource::parse(&outcome, &Limits::BODY).ok();
    assert!(outcome.is_some_and(|outcome| validate(&outcome).is_empty()));
    references(&resource);
    patients_of(&resource);
    if let Ok(bundle) = Bundle::read(&resource) {
        for part in bundle
            .entries
            .iter()
            .flatten()
            .filter_map(|entry| entry.resource)
        {
            Resource::of_node(part).iter().for_each(reads_back);
        }
    }
}

/// The index of a resource is that of its text.
fn reads_back(resource: &Resource) {
    let again = Resource::parse(resource.json().as_bytes(), &Limits::BODY);
    assert!(again.is_ok_and(|again| again.is_same(resource)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    const SEEDS: [&str; 3] = [
        r##"{"resourceType":"Patient","id":"a","contained":[{"resourceType":"Organization","id":"o"}],
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a&amp;</p></div>"},
        "name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"u","valueCode":"x"}]}]}],
        "birthDate":"1970-02-28","deceasedDateTime":"2020-01-01T00:00:00Z","managingOrganization":
        {"reference":"#o"},"photo":[{"contentType":"a/b","data":"YQ=="}],"multipleBirthInteger":-2}"##,
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":
        {"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":
        "urn:uuid:1"},"valueQuantity":{"value":1.50e2,"system":"s","code":"c"}},
        "request":{"method":"POST","url":"Observation","ifNoneExist":"a=b"}}]}"#,
        r#"{"resourceType":"Appointment","status":"booked","participant":[{"status":"accepted","actor":
        {"reference":"Patient/1"},"period":{"start":"2020","end":"2019-12-31T00:00:00+01:00"}}]}"#,
    ];

    proptest! {
        #[test]
        fn damaged_resources_break_nothing(
            seed in 0..SEEDS.len(),
            edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 0..6),
        ) {
            let mut bytes = SEEDS[seed].as_bytes().to_vec();
            for (place, byte, kind) in edits {
                let index = place.index(bytes.len());
                match kind {
                    0 => bytes[index] = byte,
                    1 => bytes.insert(index, byte),
                    _ => drop(bytes.remove(index)),
                }
            }
            super::resource(&bytes);
        }

        #[test]
        fn no_issue_tells_a_value(
            seed in 0..SEEDS.len(),
            edits in proptest::collection::vec(any::<prop::sample::Index>(), 1..8),
        ) {
            let mut text = SEEDS[seed].to_owned();
            for place in edits {
                // Some string, a name or a value, becomes what must not be told.
                let quotes: Vec<_> = text.match_indices('"').map(|(at, _)| at).collect();
                let at = place.index(quotes.len() / 2) * 2;
                text.replace_range(quotes[at] + 1..quotes[at + 1], "Mrs Secret");
            }
            let issues = match crate::Resource::parse(text.as_bytes(), &crate::Limits::RESOURCE) {
                Ok(resource) => crate::validate(&resource),
                Err(error) => vec![error.into()],
            };
            let told = crate::OperationOutcome::from(issues.as_slice()).into_bytes();
            prop_assert!(!String::from_utf8_lossy(&told).contains("Secret"));
        }
    }
}
