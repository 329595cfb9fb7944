//! Import by the operator.

use ward_records::{Error, Imported};
use ward_testkit::{World, ods, resource};

use crate::{doctor, key, observation, patient};

async fn import(world: &World, resources: &[&str]) -> Imported {
    let resources: Vec<_> = resources.iter().map(|json| resource(json)).collect();
    world
        .records
        .import(&ods("WRD01"), &resources, None)
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
