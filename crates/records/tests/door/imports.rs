//! Import by the operator.

use ward_records::{Error, Imported};
use ward_testkit::{World, ods, resource};

use crate::{doctor, key, observation, patient};

async fn import(world: &World, resources: &[&str]) -> Imported {
    let resources: Vec<_> = resources.iter().map(|json| resource(json)).collect();
    world
        .records
        .import(&ods("WRD01"), &resources, None, ward_records::Since::Keep)
        .await
        .unwrap()
}

fn person_bundle(family: &str) -> String {
    let patient = patient("x", family, "9990000018").replace(r#""id":"x","#, "");
    let observation = observation("x", "x", "2026-01-05", "72")
        .replace(r#""id":"x","#, "")
        .replace("Patient/x", "urn:uuid:0000-p");
    format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[
        {{"fullUrl":"urn:uuid:0000-o","resource":{observation},"request":{{"method":"POST",
          "url":"Observation"}}}},
        {{"fullUrl":"urn:uuid:0000-p","resource":{patient},"request":{{"method":"POST",
          "url":"Patient"}}}}]}}"#
    )
}

#[tokio::test]
async fn importing_again_changes_nothing() {
    let world = World::new();
    let loose = observation("x", "0000-p", "2026-02-01", "70").replace(r#""id":"x","#, "");
    let first = import(&world, &[&person_bundle("Smith"), &loose]).await;
    assert_eq!((first.created, first.updated, first.unchanged), (3, 0, 0));
    let before = world.store("WRD01").log_position();
    let second = import(&world, &[&person_bundle("Smith"), &loose]).await;
    assert_eq!(
        (second.created, second.updated, second.unchanged),
        (0, 0, 3)
    );
    assert_eq!(world.store("WRD01").log_position(), before);
    let third = import(&world, &[&person_bundle("Brown"), &loose]).await;
    assert_eq!((third.created, third.updated, third.unchanged), (0, 1, 2));
    let program = world.program("WRD01", "reader", "system/*.rs").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let version = door.read(&key("Observation/0000-o")).await.unwrap();
    let body = version.resource().unwrap();
    assert_eq!(
        body.root().text("subject.reference"),
        Some("Patient/0000-p")
    );
    assert_eq!(door.read(&key("Patient/0000-p")).await.unwrap().version, 2);
}

#[tokio::test]
async fn what_is_wrong_stays_out_and_the_rest_goes_in() {
    let world = World::new();
    let wrong = person_bundle("Smith").replace("female", "unsure");
    let imported = import(
        &world,
        &[
            &wrong,
            r#"{"resourceType":"Patient","id":"not an id"}"#,
            &patient("b", "Jones", "9990000026"),
            r#"{"resourceType":"Bundle","type":"collection","entry":[7,{"resource":{}},{}]}"#,
        ],
    )
    .await;
    assert_eq!(imported.created, 2);
    let places: Vec<_> = imported
        .refused
        .iter()
        .map(|it| (it.resource, it.entry))
        .collect();
    assert_eq!(places, [(0, Some(1)), (1, None), (3, Some(1))]);
    let Error::Invalid(issues) = &imported.refused[0].error else {
        panic!()
    };
    assert_eq!(issues[0].expression, "Bundle.entry[1].resource.gender");
}

#[tokio::test]
async fn an_import_shows_nothing_and_is_in_the_log_as_the_operators() {
    let world = crate::ward().await;
    assert!(world.disclosures("WRD01", "a").await.is_empty());
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    assert!(
        world
            .door(&assured)
            .await
            .read(&key("Observation/a-1"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_same_resource_twice_in_one_import_is_two_versions() {
    let world = World::new();
    let imported = import(
        &world,
        &[
            &patient("b", "Jones", "9990000026"),
            &patient("b", "Brown", "9990000026"),
        ],
    )
    .await;
    assert_eq!((imported.created, imported.updated), (1, 1));
}

#[tokio::test]
async fn an_import_that_is_run_again_leaves_what_was_done_since() {
    let world = crate::ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let (changed, deleted) = (key("Observation/a-1"), key("Observation/a-2"));
    let next = resource(&observation("a-1", "a", "2026-01-05", "99"));
    door.update(&changed, next, None).await.unwrap();
    door.delete(&deleted, None).await.unwrap();
    let again = [
        observation("a-1", "a", "2026-01-05", "72"),
        observation("a-2", "a", "2026-02-05", "80"),
    ];
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    let imported = import(&world, &again).await;
    assert_eq!(
        (imported.kept, imported.created, imported.updated),
        (2, 0, 0)
    );
    assert_eq!(door.read(&changed).await.unwrap().version, 2);
    assert!(matches!(door.read(&deleted).await, Err(Error::Gone)));
    let resources: Vec<_> = again.iter().map(|json| resource(json)).collect();
    let (ods, since) = (ods("WRD01"), ward_records::Since::Overwrite);
    let imported = world.records.import(&ods, &resources, None, since).await;
    let imported = imported.unwrap();
    assert_eq!((imported.created, imported.updated), (1, 1));
}

#[tokio::test]
async fn a_history_goes_in_from_its_oldest_version_on() {
    let world = World::new();
    let entry = |family: &str, method: &str| {
        let patient = patient("h", family, "9990000018");
        format!(
            r#"{{"fullUrl":"http://x/Patient/h","resource":{patient},
            "request":{{"method":"{method}","url":"Patient/h"}}}}"#
        )
    };
    let end = r#"{"fullUrl":"http://x/Patient/gone","request":{"method":"DELETE",
        "url":"Patient/gone"}}"#;
    let gone = format!(
        r#"{{"resource":{},"request":{{"method":"PUT","url":"Patient/gone"}}}}"#,
        patient("gone", "Gone", "9990000026")
    );
    let history = format!(
        r#"{{"resourceType":"Bundle","type":"history","entry":[{},{},{end},{gone}]}}"#,
        entry("Newest", "PUT"),
        entry("Oldest", "POST"),
    );
    let first = import(&world, &[&history]).await;
    assert!(first.refused.is_empty());
    assert_eq!((first.created, first.updated, first.deleted), (2, 1, 1));
    let before = world.store("WRD01").log_position();
    let second = import(&world, &[&history]).await;
    assert_eq!((second.kept, second.unchanged), (3, 1));
    assert_eq!(world.store("WRD01").log_position(), before);
    let program = world.program("WRD01", "reader", "system/*.rs").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let newest = door.read(&key("Patient/h")).await.unwrap();
    assert!(newest.resource().unwrap().json().contains("Newest"));
    assert!(matches!(
        door.read(&key("Patient/gone")).await,
        Err(Error::Gone)
    ));
    let elsewhere = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"request":{"method":"DELETE","url":"Patient/h"}}]}"#;
    assert_eq!(import(&world, &[elsewhere]).await.refused.len(), 1);
}

#[tokio::test]
async fn what_somebody_should_look_at_goes_in_and_is_told() {
    let world = World::new();
    let imported = import(
        &world,
        &[
            &patient("a", "Smith", "9990000019"),
            &observation("o", "a", "2026-01-05", "72").replace("Patient/a", "urn:uuid:nobody"),
            &observation("p", "a", "2026-01-05", "72").replace("Patient/a", "Patient?identifier=7"),
            &observation("q", "a", "2026-01-05", "72"),
        ],
    )
    .await;
    assert_eq!(imported.created, 4);
    let told: Vec<_> = imported
        .warned
        .iter()
        .map(|it| (it.resource, it.issues[0].expression.as_str()))
        .collect();
    let expected = [
        (0, "Patient.identifier[0].value"),
        (1, "Observation.subject"),
        (2, "Observation.subject"),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_resource_that_is_too_large_keeps_no_other_out() {
    let world = World::new();
    let concepts: Vec<_> = (0..30_000)
        .map(|n| format!(r#"{{"code":"c{n}"}}"#))
        .collect();
    let large = format!(
        r#"{{"resourceType":"CodeSystem","id":"large","status":"active","content":"complete",
        "concept":[{}]}}"#,
        concepts.join(",")
    );
    let imported = import(&world, &[&large, &patient("b", "Jones", "9990000026")]).await;
    assert_eq!((imported.created, imported.refused.len()), (1, 1));
    assert!(matches!(imported.refused[0].error, Error::TooLarge));
}
