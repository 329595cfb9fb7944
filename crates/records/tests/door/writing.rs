//! create, update, delete; and what is refused.

use std::sync::Arc;

use ward_identity::Role;
use ward_records::{Error, Written};
use ward_testkit::{World, resource};

use crate::{doctor, issues, key, new_observation, not_found, observation, patient, refused, ward};

#[tokio::test]
async fn a_created_resource_has_an_id_of_the_servers_and_version_one() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let before = world.store("WRD01").log_position();
    let Written {
        version,
        created,
        unchanged,
    } = door.create(new_observation("a"), None).await.unwrap();
    assert_eq!((version.version, created, unchanged), (1, true, false));
    assert_eq!(
        world.store("WRD01").log_position(),
        before + 1,
        "one entry, one commit"
    );
    assert_eq!(version.key.id().len(), 36);
    let read = door.read(&version.key).await.unwrap();
    assert_eq!(read.body, version.body);
    assert_eq!(read.resource().unwrap().id(), Some(version.key.id()));
}

#[tokio::test]
async fn nobody_writes_into_a_record_without_a_relationship() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    refused(door.create(new_observation("b"), None).await);
    refused(door.create(new_observation("nobody-knows"), None).await);
    let it = key("Observation/b-1");
    let moved = resource(&observation("b-1", "a", "2026-03-05", "1"));
    refused(door.update(&it, moved, None).await);
    not_found(door.delete(&it, None).await);
    let given_away = resource(&observation("a-1", "b", "2026-03-05", "1"));
    refused(door.update(&key("Observation/a-1"), given_away, None).await);
    let team = crate::care_team("mine", "b", "one", "");
    refused(
        door.update(&key("CareTeam/mine"), resource(&team), None)
            .await,
    );
    let team = crate::care_team("team-a", "b", "one", "");
    refused(
        door.update(&key("CareTeam/team-a"), resource(&team), None)
            .await,
    );
    not_found(door.read(&it).await);
}

#[tokio::test]
async fn if_match_names_the_version_that_is_changed() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let it = key("Observation/a-1");
    let next = |value: &str| resource(&observation("a-1", "a", "2026-01-05", value));
    assert_eq!(
        door.update(&it, next("1"), Some(1))
            .await
            .unwrap()
            .version
            .version,
        2
    );
    for stale in [1, 3] {
        let result = door.update(&it, next("2"), Some(stale)).await;
        assert!(matches!(result, Err(Error::PreconditionFailed)));
        assert!(matches!(
            door.delete(&it, Some(stale)).await,
            Err(Error::PreconditionFailed)
        ));
    }
    let absent = resource(&observation("new", "a", "2026-01-05", "1"));
    let result = door.update(&key("Observation/new"), absent, Some(1)).await;
    assert!(matches!(result, Err(Error::PreconditionFailed)));
    assert_eq!(door.read(&it).await.unwrap().version, 2);
}

#[tokio::test]
async fn what_is_wrong_is_refused_whole_and_nothing_is_stored() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let before = world.store("WRD01").log_position();
    let wrong = resource(r#"{"resourceType":"Observation","status":"perhaps","colour":1}"#);
    let found = issues(door.create(wrong, None).await.unwrap_err());
    assert!(found.len() >= 3, "{found:?}");
    let it = key("Observation/a-1");
    let other = resource(&observation("a-9", "a", "2026-01-05", "1"));
    let found = issues(door.update(&it, other, None).await.unwrap_err());
    assert_eq!(found[0].expression, "Observation.id");
    let other = resource(&patient("a-1", "Smith", "9990000018"));
    assert_eq!(
        issues(door.update(&it, other, None).await.unwrap_err())[0].expression,
        "resourceType"
    );
    let long = "x".repeat(ward_core::limits::RESOURCE_BYTES);
    let long = observation("a-1", "a", "2026-01-05", "1").replace("/min", &long);
    assert!(matches!(
        door.update(&it, resource(&long), None).await,
        Err(Error::TooLarge)
    ));
    assert_eq!(world.store("WRD01").log_position(), before);
}

#[tokio::test]
async fn a_reference_by_the_servers_own_url_says_whose_record_it_is() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let url = "https://localhost:8443/fhir/WRD01/Patient/";
    let absolute = |id| resource(&new_observation(id).json().replace("Patient/", url));
    refused(door.create(absolute("b"), None).await);
    let written = door.create(absolute("a"), None).await.unwrap();
    let body = written.version.resource().unwrap();
    assert_eq!(body.root().text("subject.reference"), Some("Patient/a"));
}

#[tokio::test]
async fn receptionists_register_people_and_write_nothing_clinical() {
    let world = ward().await;
    let person = world
        .person("WRD01", "desk", Role::Receptionist, "none")
        .await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let new = resource(&patient("x", "Brown", "9990000034"));
    let written = door.create(new, None).await.unwrap();
    let moved = written.version.resource().unwrap();
    let moved = resource(&moved.json().replace("LS1 4AP", "LS2 9JT"));
    assert!(door.update(&written.version.key, moved, None).await.is_ok());
    not_found(door.delete(&written.version.key, None).await);
    refused(door.create(new_observation("a"), None).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_conditional_creates_at_once_make_one_resource() {
    let world = Arc::new(ward().await);
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let program = Arc::new(program);
    let mut tasks = Vec::new();
    for _ in 0..50 {
        let (world, program) = (Arc::clone(&world), Arc::clone(&program));
        tasks.push(tokio::spawn(async move {
            let assured = world.proved(&program);
            let door = world.door(&assured).await;
            let new = resource(&patient("x", "Brown", "9990000034"));
            let condition = ("identifier".to_owned(), "9990000034".to_owned());
            door.create(new, Some(&[condition])).await.unwrap()
        }));
    }
    let mut written: Vec<Written> = Vec::new();
    for task in tasks {
        written.push(task.await.unwrap());
    }
    assert_eq!(written.iter().filter(|written| written.created).count(), 1);
    let first = &written[0].version.key;
    assert!(written.iter().all(|written| &written.version.key == first));
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_at_once_without_a_condition_all_get_versions_of_their_own() {
    let world = Arc::new(ward().await);
    let program = Arc::new(world.program("WRD01", "feed", "system/*.cruds").await);
    let update = |world: Arc<World>, program: Arc<ward_testkit::Program>, value: usize| async move {
        let assured = world.proved(&program);
        let next = resource(&observation("a-1", "a", "2026-01-05", &value.to_string()));
        let door = world.door(&assured).await;
        door.update(&key("Observation/a-1"), next, None).await
    };
    let tasks: Vec<_> = (0..16)
        .map(|value| tokio::spawn(update(Arc::clone(&world), Arc::clone(&program), value)))
        .collect();
    let mut versions = Vec::new();
    for task in tasks {
        versions.push(task.await.unwrap().unwrap().version.version);
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..18).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_condition_must_ask_for_something_and_find_one_at_most() {
    let world = ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let new = || resource(&patient("x", "Brown", "9990000034"));
    let pairs = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    issues(door.create(new(), Some(&[])).await.unwrap_err());
    issues(
        door.create(new(), Some(&pairs("shoe-size", "7")))
            .await
            .unwrap_err(),
    );
    let several = door.create(new(), Some(&pairs("given", "anna"))).await;
    assert!(matches!(several, Err(Error::MultipleMatches)));
    let found = door
        .create(new(), Some(&pairs("family", "smith")))
        .await
        .unwrap();
    assert_eq!(
        (found.version.key, found.unchanged),
        (key("Patient/a"), true)
    );
    // What was found is written down, and so is what was too much.
    assert_eq!(world.disclosures("WRD01", "a").await.len(), 2);
    assert_eq!(world.disclosures("WRD01", "b").await.len(), 1);
}
