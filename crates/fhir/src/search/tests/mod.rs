//! What a query finds, as R4 has it.

mod own;
mod results;

use serde_json::{Value as Json, json};

use super::{SearchQuery, extract, parse_query_at};
use crate::{Limits, Resource};

fn resource(json: &Json) -> Resource {
    Resource::parse(json.to_string().as_bytes(), &Limits::RESOURCE).unwrap()
}

fn parse(of_type: &str, query: &str) -> SearchQuery {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap();
        (key.to_owned(), value.to_owned())
    };
    let pairs: Vec<_> = query.split('&').map(pair).collect();
    parse_query_at("https://localhost/fhir/WRD01", of_type, &pairs).unwrap()
}

/// Checks that each query finds the resource, or does not.
fn check(json: &Json, found: &[&str], not_found: &[&str]) {
    let resource = resource(json);
    let values = extract(&resource);
    for (queries, want) in [(found, true), (not_found, false)] {
        for query in queries {
            let matches = parse(resource.resource_type(), query).matches(&values);
            assert_eq!(matches, want, "{query}");
        }
    }
}

#[test]
fn strings_match_from_their_start_whatever_their_case_and_accents() {
    let patient = json!({"resourceType": "Patient",
        "name": [{"family": "Müller-Smith", "given": ["Mary Ann", "Zoë"]}],
        "address": [{"line": ["12 High Street"], "city": "Leeds", "postalCode": "LS1 4AB"}]});
    check(
        &patient,
        &[
            "family=mul",
            "family=MÜLLER smith",
            "family:exact=Müller-Smith",
            "family:contains=SMI",
            "name=ann",
            "name=smith",
            "given=zoe",
            "name=zoe&name=mary",
            "name=x,mu",
            "address=ls1",
            "address=high",
            "address-city=lee",
            "phonetic=zo",
        ],
        &[
            "family=smith",
            "family:exact=müller-smith",
            "family:exact=Müller",
            "family:contains=smx",
            "given=ann",
            "name=oe",
            "address=treet",
            "address-city=ls1",
            "name=mary&name=xy",
        ],
    );
}

#[test]
fn tokens_match_by_system_and_code() {
    let observation = json!({"resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"},
            {"code": "HT"}], "text": "How tall"}});
    check(
        &observation,
        &[
            "code=8302-2",
            "code=http://loinc.org|8302-2",
            "code=http://loinc.org|",
            "code=|ht",
            "code=x,HT",
            "code:text=how",
            "code:text=height",
            "status=final",
            "status=http://hl7.org/fhir/observation-status|final",
            "status=|final",
            "code:not=x",
            "status:not=amended",
            "category:not=x",
            "category:missing=true",
            "code:missing=false",
        ],
        &[
            "code=|8302-2",
            "code=http://snomed.info/sct|8302-2",
            "code=8302",
            "code:not=HT",
            "code:not=x,8302-2",
            "status=http://x|final",
            "category=x",
            "category:missing=false",
            "code:text=tallest",
        ],
    );
}

#[test]
fn the_dead_are_found_by_a_date_or_a_flag_and_the_living_by_neither() {
    let living = json!({"resourceType": "Patient", "id": "aB", "active": true});
    check(
        &living,
        &[
            "deceased=false",
            "active=true",
            "_id=aB",
            "_id=x,aB",
            "deceased:missing=false",
        ],
        &[
            "deceased=true",
            "active=false",
            "_id=ab",
            "death-date=ge1900",
        ],
    );
    let dead = json!({"resourceType": "Patient", "deceasedDateTime": "2020-02-03T04:05:06Z"});
    check(
        &dead,
        &["deceased=true", "death-date=2020-02"],
        &["deceased=false", "death-date=2019"],
    );
    let flagged = json!({"resourceType": "Patient", "deceasedBoolean": true});
    check(
        &flagged,
        &["deceased=true", "death-date:missing=true"],
        &["deceased=false"],
    );
    check(
        &json!({"resourceType": "Patient", "deceasedBoolean": false}),
        &["deceased=false"],
        &[],
    );
}

#[test]
fn telephone_numbers_and_mail_addresses_are_told_apart() {
    let patient = json!({"resourceType": "Patient", "telecom": [
        {"system": "phone", "value": "0113 496 0000", "use": "home"},
        {"system": "email", "value": "Zoe@example.org"}]});
    check(
        &patient,
        &[
            "phone=0113 496 0000",
            "email=zoe@example.org",
            "telecom=email|zoe@example.org",
            "telecom=0113 496 0000",
        ],
        &["email=0113 496 0000", "phone=zoe@example.org", "phone=0113"],
    );
}

#[test]
fn references_match_by_id_type_and_own_base() {
    let observation = json!({"resourceType": "Observation",
        "subject": {"reference": "Patient/1/_history/2"}, "encounter": {"reference": "#e"},
        "performer": [{"reference": "https://other/fhir/Practitioner/3"},
            {"type": "Organization", "identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "WRD01"}}]});
    check(
        &observation,
        &[
            "subject=1",
            "subject=Patient/1",
            "subject:Patient=1",
            "patient=1",
            "patient=Patient/1",
            "subject=https://localhost/fhir/WRD01/Patient/1",
            "subject=Group/9,Patient/1",
            "performer=https://other/fhir/Practitioner/3",
            "performer:identifier=WRD01",
            "performer:identifier=https://fhir.nhs.uk/Id/ods-organization-code|wrd01",
        ],
        &[
            "subject=2",
            "subject=Group/1",
            "subject:Group=1",
            "patient=Patient/2",
            "subject=https://other/fhir/Patient/1",
            "performer=Practitioner/3",
            "performer=3",
            "performer:identifier=|WRD01",
            "encounter=e",
        ],
    );
    let about_a_group = json!({"resourceType": "Observation", "subject": {"reference": "Group/1"}});
    check(
        &about_a_group,
        &["subject=1", "patient:missing=true"],
        &["patient=1"],
    );
}

#[test]
fn canonicals_match_with_and_without_their_version() {
    let response =
        json!({"resourceType": "QuestionnaireResponse", "questionnaire": "http://q.org/q|2"});
    check(
        &response,
        &[
            "questionnaire=http://q.org/q",
            "questionnaire=http://q.org/q|2",
        ],
        &[
            "questionnaire=http://q.org/q|1",
            "questionnaire=http://q.org/",
        ],
    );
}

#[test]
fn dates_match_by_every_prefix() {
    let observation = json!({"resourceType": "Observation",
        "effectivePeriod": {"start": "2024-03-10T09:00:00Z", "end": "2024-03-12"}});
    check(
        &observation,
        &[
            "date=2024",
            "date=2024-03",
            "date=ge2024-03-12",
            "date=gt2024-03-11",
            "date=le2024-03-10",
            "date=lt2024-03-11",
            "date=sa2024-03-09",
            "date=eb2024-03-13",
            "date=ne2024-03-11",
            "date=ap2024-03-13",
            "date=ge2024-03-01&date=le2024-03-31",
            "date=1999,2024",
        ],
        &[
            "date=2024-03-11",
            "date=gt2024-03-12",
            "date=lt2024-03-10",
            "date=sa2024-03-10",
            "date=eb2024-03-12",
            "date=ne2024",
            "date=ap2024-03-15",
            "date=ge2025&date=le2026",
        ],
    );
    let issued =
        json!({"resourceType": "Observation", "meta": {"lastUpdated": "2026-11-23T10:00:00.123Z"}});
    check(
        &issued,
        &[
            "_lastUpdated=ge2026-11-23T10:00:00.123Z",
            "_lastUpdated=2026-11-23",
        ],
        &[
            "_lastUpdated=gt2026-11-23T10:00:00.123Z",
            "_lastUpdated=lt2026-11-23",
        ],
    );
}

#[test]
fn numbers_and_quantities_match_to_the_precision_that_is_asked() {
    let observation = json!({"resourceType": "Observation", "valueQuantity":
        {"value": 5.40, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}});
    check(
        &observation,
        &[
            "value-quantity=5.4",
            "value-quantity=5.40|http://unitsofmeasure.org|mg",
            "value-quantity=5.4||mg",
            "value-quantity=5",
            "value-quantity=le5.4",
            "value-quantity=ap5",
            "value-quantity=gt5.39",
            "value-quantity=ne5.5",
            "combo-value-quantity=5.4",
        ],
        &[
            "value-quantity=5.41",
            "value-quantity=5.4|http://unitsofmeasure.org|g",
            "value-quantity=gt5.4",
            "value-quantity=5.4||g",
            "value-quantity=sa5.4",
            "value-quantity=ne5.4",
        ],
    );
    let less =
        json!({"resourceType": "Observation", "valueQuantity": {"value": 5, "comparator": "<"}});
    check(
        &less,
        &["value-quantity=lt1"],
        &["value-quantity=gt6", "value-quantity=5"],
    );
    let risk =
        json!({"resourceType": "RiskAssessment", "prediction": [{"probabilityDecimal": 0.1}]});
    check(
        &risk,
        &["probability=0.1", "probability=gt0.09"],
        &["probability=gt0.1"],
    );
}

#[test]
fn uris_match_whole_above_and_below() {
    let set = json!({"resourceType": "ValueSet", "url": "http://acme.org/fhir/ValueSet/123"});
    check(
        &set,
        &[
            "url=http://acme.org/fhir/ValueSet/123",
            "url:below=http://acme.org/fhir",
            "url:below=http://acme.org/fhir/",
            "url:above=http://acme.org/fhir/ValueSet/123/_history/5",
        ],
        &[
            "url=http://acme.org/fhir/ValueSet/",
            "url:below=http://acme.org/fhir/V",
            "url:above=http://acme.org/fhir",
            "url=HTTP://acme.org/fhir/ValueSet/123",
        ],
    );
}

#[test]
fn a_query_of_another_type_finds_nothing() {
    let patient = resource(&json!({"resourceType": "Patient", "id": "1"}));
    assert!(!parse("Person", "_id=1").matches(&extract(&patient)));
}
