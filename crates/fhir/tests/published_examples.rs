//! Every official R4 example is accepted, or is known to break the standard that it is an example of.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use ward_fhir::{Limits, Resource, rewrite_references, validate};

const EXAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../web/node_modules/hl7.fhir.r4.examples"
);

/// Files that break R4, each with the reason.
#[rustfmt::skip]
const BROKEN: [(&str, &str); 24] = [
    ("ActivityDefinition-blood-tubes-supply", "an empty narrative"),
    ("ActivityDefinition-heart-valve-replacement", "an empty narrative"),
    ("Bundle-v2-valuesets", "codes that are a no-break space, or end with one"),
    ("CodeSystem-v2-0550", "codes that are a no-break space, or end with one"),
    ("DeviceMetric-example", "parent is a DeviceDefinition, not a Device"),
    ("DeviceUseStatement-example", "reasonReference is a Procedure"),
    ("EventDefinition-example", "an empty narrative"),
    ("ImplementationGuide-fhir", "no name, no status"),
    ("ig-r4", "no name, no status"),
    ("MedicationRequest-medrx0301", "dispenseRequest.performer is a Practitioner"),
    ("Observation-clinical-gender", "performer is an Encounter"),
    ("Questionnaire-qs1", "items without linkId"),
    ("Questionnaire-zika-virus-exposure-assessment", "an empty narrative"),
    ("SearchParameter-codesystem-extensions-CodeSystem-author", "no base"),
    ("SearchParameter-codesystem-extensions-CodeSystem-effective", "no base"),
    ("SearchParameter-codesystem-extensions-CodeSystem-end", "no base"),
    ("SearchParameter-codesystem-extensions-CodeSystem-keyword", "no base"),
    ("SearchParameter-codesystem-extensions-CodeSystem-workflow", "no base"),
    ("SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject", "an id of 67 characters"),
    ("SearchParameter-valueset-extensions-ValueSet-author", "no base"),
    ("SearchParameter-valueset-extensions-ValueSet-effective", "no base"),
    ("SearchParameter-valueset-extensions-ValueSet-end", "no base"),
    ("SearchParameter-valueset-extensions-ValueSet-keyword", "no base"),
    ("SearchParameter-valueset-extensions-ValueSet-workflow", "no base"),
];

/// The largest is a bundle of all definitions.
const LIMITS: Limits = Limits {
    bytes: 100_000_000,
    ..Limits::BODY
};

#[test]
#[ignore = "needs the npm package hl7.fhir.r4.examples 4.0.1 in web/node_modules"]
fn every_published_example_is_accepted_but_those_known_to_be_broken() {
    let mut accepted = 0;
    let mut refused = BTreeMap::new();
    for (name, source) in examples() {
        let resource = Resource::parse(&source, &LIMITS).unwrap();
        let issues = validate(&resource);
        match issues.first() {
            None => accepted += 1,
            Some(first) => {
                refused.insert(name, format!("{}: {}", first.expression, first.diagnostics));
            }
        }
    }
    let broken: BTreeSet<&str> = BROKEN.iter().map(|(name, _)| *name).collect();
    let healed: Vec<_> = broken
        .iter()
        .filter(|name| !refused.contains_key(**name))
        .collect();
    assert!(healed.is_empty(), "not broken: {healed:?}");
    refused.retain(|name, _| !broken.contains(name.as_str()));
    assert_eq!(refused, BTreeMap::new());
    assert!(accepted > 5_000, "only {accepted} examples");
}

#[test]
#[ignore = "needs the npm package hl7.fhir.r4.examples 4.0.1 in web/node_modules"]
fn every_published_example_is_written_as_it_was_read() {
    for (name, source) in examples() {
        let resource = Resource::parse(&source, &LIMITS).unwrap();
        let theirs: serde_json::Value = serde_json::from_slice(&source).unwrap();
        let ours: serde_json::Value = serde_json::from_str(resource.json()).unwrap();
        assert_eq!(ours, theirs, "{name}");
        let again = Resource::parse(&resource.to_bytes(), &LIMITS).unwrap();
        assert_eq!(again.json(), resource.json(), "{name}");
        assert_eq!(
            rewrite_references(&resource, |_| None).json(),
            resource.json(),
            "{name}"
        );
    }
}

fn examples() -> impl Iterator<Item = (String, Vec<u8>)> {
    let files = fs::read_dir(EXAMPLES).expect("the package is in web/node_modules");
    let mut paths: Vec<_> = files
        .map_while(Result::ok)
        .map(|file| file.path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort();
    paths.into_iter().filter_map(|path| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let source = fs::read(&path).ok()?;
        (name != "package").then_some((name, source))
    })
}
