//! The door as a whole, on a real store and a real identity: each sentence is something that
//! somebody does, or tries.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod bundles;
mod emergency;
mod imports;
mod oracles;
mod pages;
mod reading;
mod searching;
mod writing;

use ward_core::ResourceKey;
use ward_fhir::{Issue, Resource};
use ward_identity::Role;
use ward_records::Error;
use ward_testkit::{Person, World, resource};

/// Two patients of WRD01. Dr One is in the care team of the first.
async fn ward() -> World {
    let world = World::new();
    world
        .import(
            "WRD01",
            &[
                r#"{"resourceType":"Practitioner","id":"one","name":[{"family":"One"}]}"#,
                &patient("a", "Smith", "9990000018"),
                &patient("b", "Jones", "9990000026"),
                &care_team("team-a", "a", "one", ""),
                &observation("a-1", "a", "2026-01-05", "72"),
                &observation("a-2", "a", "2026-02-05", "80"),
                &observation("b-1", "b", "2026-03-05", "90"),
            ],
        )
        .await;
    world
}

fn patient(id: &str, family: &str, nhs_number: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","identifier":[{{"system":
        "https://fhir.nhs.uk/Id/nhs-number","value":"{nhs_number}"}}],"name":[{{"use":"official",
        "family":"{family}","given":["Anna","Jane"]}}],"gender":"female","birthDate":"1950-02-03",
        "address":[{{"postalCode":"LS1 4AP"}}]}}"#
    )
}

fn care_team(id: &str, patient: &str, practitioner: &str, period: &str) -> String {
    format!(
        r#"{{"resourceType":"CareTeam","id":"{id}","status":"active",{period}"subject":{{
        "reference":"Patient/{patient}"}},"participant":[{{"member":{{
        "reference":"Practitioner/{practitioner}"}}}}]}}"#
    )
}

fn observation(id: &str, patient: &str, date: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{
        "system":"http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":
        "Patient/{patient}"}},"effectiveDateTime":"{date}","valueQuantity":{{"value":{value},
        "unit":"/min"}}}}"#
    )
}

/// An observation as a client sends it, without an id.
fn new_observation(patient: &str) -> Resource {
    resource(&observation("x", patient, "2026-04-01", "60").replace(r#""id":"x","#, ""))
}

/// A clinician who is Practitioner/one.
async fn doctor(world: &World) -> Person {
    world
        .person("WRD01", "doctor", Role::Clinician, "one")
        .await
}

fn key(text: &str) -> ResourceKey {
    text.parse().unwrap()
}

fn issues(error: Error) -> Vec<Issue> {
    match error {
        Error::Invalid(issues) => issues,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn not_found<T>(result: Result<T, Error>) {
    let error = result.err().expect("nothing comes out");
    assert!(matches!(error, Error::NotFound), "{error:?}");
    assert_eq!(
        error.to_string(),
        "there is no such resource for this account"
    );
}

#[track_caller]
fn refused<T>(result: Result<T, Error>) {
    let error = result.err().expect("nothing comes out");
    assert!(matches!(error, Error::Refused), "{error:?}");
}
