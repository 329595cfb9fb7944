//! read, vread, history; and every lock before them.

use std::time::Duration;

use ward_core::{Clock, RequestId, SystemRandom};
use ward_identity::Role;
use ward_log::{Event, Interaction, RelationshipKind, WriteMethod};
use ward_records::Error;
use ward_testkit::{World, ods, resource};

use crate::{care_team, doctor, key, new_observation, not_found, observation, patient, ward};

#[tokio::test]
async fn what_is_read_was_written_down_before() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let before = world.store("WRD01").log_position();
    let version = world
        .door(&assured)
        .await
        .read(&key("Observation/a-1"))
        .await
        .unwrap();
    assert_eq!(world.store("WRD01").log_position(), before + 1);
    assert_eq!((version.version, version.method), (1, WriteMethod::Create));
    let body = version.resource().unwrap();
    assert_eq!(body.root().text("meta.versionId"), Some("1"));
    assert_eq!(
        body.root().text("meta.lastUpdated"),
        Some("2026-11-23T12:00:00.000Z")
    );
    let looked = world.disclosures("WRD01", "a").await;
    let [entry] = &looked[..] else {
        panic!("{looked:?}")
    };
    assert_eq!(entry.actor.as_ref().unwrap().account, person.account);
    let Event::Disclosure {
        interaction,
        items,
        basis,
    } = &entry.event
    else {
        panic!()
    };
    assert_eq!(*interaction, Interaction::Read);
    assert_eq!(items[0].resource, key("Observation/a-1"));
    assert_eq!(basis.relationship, Some(RelationshipKind::CareTeam));
    assert_eq!(basis.source.as_deref(), Some("CareTeam/team-a"));
}

#[tokio::test]
async fn a_refused_read_looks_like_an_unknown_id_and_costs_an_entry_too() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let before = world.store("WRD01").log_position();
    not_found(door.read(&key("Observation/b-1")).await);
    assert_eq!(world.store("WRD01").log_position(), before + 1);
    not_found(door.read(&key("Observation/nowhere")).await);
    assert_eq!(world.store("WRD01").log_position(), before + 2);
    not_found(door.vread(&key("Observation/b-1"), 1).await);
    not_found(door.vread(&key("Observation/a-1"), 9).await);
    not_found(door.history(&key("Observation/b-1"), None, 100).await);
    not_found(door.history(&key("Observation/nowhere"), None, 100).await);
    assert_eq!(world.store("WRD01").log_position(), before + 6);
    assert!(world.disclosures("WRD01", "b").await.is_empty());
}

#[tokio::test]
async fn another_organisations_records_have_no_door() {
    let world = ward().await;
    let stranger = world
        .person("WRD02", "stranger", Role::Clinician, "one")
        .await;
    let assured = world.assured(&stranger);
    let before = (
        world.store("WRD01").log_position(),
        world.store("WRD02").log_position(),
    );
    for code in ["WRD01", "NOSUCH"] {
        let request = RequestId::random(&SystemRandom);
        not_found(world.records.door(&assured, request, &ods(code)).await);
    }
    assert_eq!(world.store("WRD01").log_position(), before.0);
    assert_eq!(
        world.store("WRD02").log_position(),
        before.1 + 2,
        "the attempts are written down"
    );
    not_found(
        world
            .door(&assured)
            .await
            .read(&key("Observation/a-1"))
            .await,
    );
}

#[tokio::test]
async fn a_relationship_opens_from_its_start_until_its_end_and_no_longer() {
    let world = World::new();
    let period = r#""period":{"start":"2026-11-24","end":"2026-11-30"},"#;
    world
        .import(
            "WRD01",
            &[
                &patient("a", "Smith", "9990000018"),
                &care_team("team-a", "a", "one", period),
                &observation("a-1", "a", "2026-01-05", "72"),
            ],
        )
        .await;
    let mut opened = Vec::new();
    for day in 0..10 {
        let person = world
            .person("WRD01", &format!("doctor{day}"), Role::Clinician, "one")
            .await;
        let assured = world.assured(&person);
        let read = world
            .door(&assured)
            .await
            .read(&key("Observation/a-1"))
            .await;
        opened.push(read.is_ok());
        world.clock.advance(Duration::from_hours(24));
    }
    let expected = [
        false, true, true, true, true, true, true, true, false, false,
    ];
    assert_eq!(
        opened, expected,
        "from the 24th to the 30th, that day included"
    );
}

#[tokio::test]
async fn a_care_team_without_an_end_ends_after_a_year_and_with_its_status_at_once() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    assert!(door.read(&key("Observation/a-1")).await.is_ok());
    let ended = care_team("team-a", "a", "one", "").replace("active", "inactive");
    world.import("WRD01", &[&ended]).await;
    not_found(door.read(&key("Observation/a-1")).await);
    let again = r#""name":"Again","#;
    world
        .import("WRD01", &[&care_team("team-a", "a", "one", again)])
        .await;
    assert!(door.read(&key("Observation/a-1")).await.is_ok());
    world.clock.advance(Duration::from_hours(24 * 365));
    let person = world.person("WRD01", "later", Role::Clinician, "one").await;
    let assured = world.assured(&person);
    not_found(
        world
            .door(&assured)
            .await
            .read(&key("Observation/a-1"))
            .await,
    );
}

#[tokio::test]
async fn a_role_sees_its_part_and_no_more() {
    let world = ward().await;
    let may = async |role: Role, practitioner: &str, key: &str| {
        let name = format!(
            "{role}-{practitioner}-{}",
            key.replace('/', "-").to_lowercase()
        );
        let person = world.person("WRD01", &name, role, practitioner).await;
        let assured = world.assured(&person);
        world
            .door(&assured)
            .await
            .read(&key.parse().unwrap())
            .await
            .is_ok()
    };
    assert!(may(Role::Clinician, "nobody", "Patient/b").await);
    assert!(!may(Role::Clinician, "nobody", "Observation/b-1").await);
    assert!(may(Role::Receptionist, "one", "Patient/a").await);
    assert!(!may(Role::Receptionist, "one", "Observation/a-1").await);
    assert!(may(Role::CallHandler, "one", "Observation/a-1").await);
    assert!(!may(Role::CallHandler, "nobody", "Observation/a-1").await);
    assert!(may(Role::Carer, "one", "Patient/a").await);
    assert!(!may(Role::Carer, "one", "Patient/b").await);
    assert!(!may(Role::Carer, "one", "Observation/a-1").await);
    assert!(may(Role::InformationGovernance, "one", "Patient/a").await);
    assert!(!may(Role::InformationGovernance, "one", "Observation/a-1").await);
    assert!(!may(Role::Administrator, "one", "Patient/a").await);
    assert!(may(Role::Administrator, "one", "Practitioner/one").await);
}

#[tokio::test]
async fn a_service_stays_inside_its_scopes() {
    let world = ward().await;
    let program = world
        .program("WRD01", "reader", "system/Observation.rs")
        .await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    assert!(door.read(&key("Observation/b-1")).await.is_ok());
    not_found(door.read(&key("Patient/b")).await);
    crate::refused(door.create(new_observation("a"), None).await);
    not_found(door.delete(&key("Observation/b-1"), None).await);
}

#[tokio::test]
async fn versions_stay_and_the_deleted_is_gone_for_those_who_may_know() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let it = key("Observation/a-1");
    let changed = resource(&observation("a-1", "a", "2026-01-05", "99"));
    let written = door.update(&it, changed, Some(1)).await.unwrap();
    assert_eq!((written.version.version, written.created), (2, false));
    assert_eq!(door.delete(&it, Some(2)).await.unwrap(), Some(3));
    assert_eq!(
        door.delete(&it, None).await.unwrap(),
        None,
        "twice is the same as once"
    );
    assert!(matches!(door.read(&it).await, Err(Error::Gone)));
    assert!(matches!(door.vread(&it, 3).await, Err(Error::Gone)));
    let first = door.vread(&it, 1).await.unwrap();
    assert_eq!(
        first.resource().unwrap().root().text("meta.versionId"),
        Some("1")
    );
    let history = door.history(&it, None, 100).await.unwrap().versions;
    let listed: Vec<_> = history.iter().map(|it| (it.version, it.method)).collect();
    let (create, update, delete) = (
        WriteMethod::Create,
        WriteMethod::Update,
        WriteMethod::Delete,
    );
    assert_eq!(listed, [(3, delete), (2, update), (1, create)]);
    assert!(history[0].body.is_empty());
    let other = world.person("WRD01", "other", Role::Clinician, "two").await;
    let assured = world.assured(&other);
    not_found(world.door(&assured).await.read(&it).await);
    let again = resource(&observation("a-1", "a", "2026-01-05", "70"));
    let person = doctor_again(&world).await;
    let assured = world.assured(&person);
    let written = world
        .door(&assured)
        .await
        .update(&it, again, None)
        .await
        .unwrap();
    assert_eq!((written.version.version, written.created), (4, true));
}

async fn doctor_again(world: &World) -> ward_testkit::Person {
    world.person("WRD01", "again", Role::Clinician, "one").await
}

#[tokio::test]
async fn a_version_in_another_patients_record_stays_there() {
    let world = ward().await;
    let program = world.program("WRD01", "mover", "system/*.cruds").await;
    let assured = world.proved(&program);
    let moved = resource(&observation("b-1", "a", "2026-03-05", "90"));
    world
        .door(&assured)
        .await
        .update(&key("Observation/b-1"), moved, None)
        .await
        .unwrap();
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    assert_eq!(door.read(&key("Observation/b-1")).await.unwrap().version, 2);
    not_found(door.vread(&key("Observation/b-1"), 1).await);
    let history = door
        .history(&key("Observation/b-1"), None, 100)
        .await
        .unwrap()
        .versions;
    assert_eq!(history.iter().map(|it| it.version).collect::<Vec<_>>(), [2]);
    assert!(world.disclosures("WRD01", "b").await.is_empty());
}

#[tokio::test]
async fn a_rebuilt_view_answers_as_before() {
    let world = ward().await;
    let rebuilt = world.store("WRD01").rebuild_view(|_, _| ()).await.unwrap();
    assert_eq!(rebuilt.same, Some(true));
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    assert!(door.read(&key("Observation/a-1")).await.is_ok());
    not_found(door.read(&key("Observation/b-1")).await);
    assert!(world.clock.now() > ward_core::Timestamp::from_seconds(0));
}

#[tokio::test]
async fn a_history_is_paged_by_links_of_its_own() {
    let world = crate::ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let it = key("Observation/a-1");
    for value in 0..4 {
        let next = resource(&observation("a-1", "a", "2026-01-05", &value.to_string()));
        door.update(&it, next, None).await.unwrap();
    }
    let (mut seen, mut link) = (Vec::new(), None);
    loop {
        let page = door.history(&it, link.as_deref(), 2).await.unwrap();
        assert_eq!(page.total, None);
        seen.extend(page.versions.iter().map(|version| version.version));
        link = page.next;
        if link.is_none() {
            break;
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    let whole = door.history(&it, None, 5).await.unwrap();
    assert_eq!((whole.total, whole.next), (Some(5), None));
    let first = door.history(&it, None, 2).await.unwrap();
    let other = door
        .history(&key("Observation/a-2"), first.next.as_deref(), 2)
        .await;
    assert!(matches!(other, Err(Error::BadLink)), "another resource's");
    let page = door.page(&first.next.unwrap()).await;
    assert!(page.is_err(), "a search's");
}
