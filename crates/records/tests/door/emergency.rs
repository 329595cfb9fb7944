//! Opening a record in an emergency, and looking at it afterwards.

use std::time::Duration;

use ward_core::{PatientId, limits};
use ward_identity::Role;
use ward_log::{Event, Interaction, RelationshipKind};
use ward_records::Error;
use ward_testkit::{Person, World};

use crate::ward;

const REASON: &str = "Unconscious on arrival, no care team yet";

fn of(id: &str) -> PatientId {
    PatientId::new(id).unwrap()
}

async fn opens(world: &World, who: &Person, patient: &str, reason: &str) -> Result<(), Error> {
    let assured = world.assured(who);
    let opened = world.door(&assured).await;
    opened.break_glass(&of(patient), reason).await.map(drop)
}

async fn reads(world: &World, who: &Person) -> bool {
    let assured = world.assured(who);
    let key = "Observation/b-1".parse().unwrap();
    world.door(&assured).await.read(&key).await.is_ok()
}

async fn people(world: &World) -> [Person; 4] {
    [
        world.person("WRD01", "one", Role::Clinician, "one").await,
        world.person("WRD01", "two", Role::Clinician, "two").await,
        world.person("WRD01", "carer", Role::Carer, "three").await,
        world
            .person("WRD01", "ivy", Role::InformationGovernance, "four")
            .await,
    ]
}

#[tokio::test]
async fn a_record_is_open_for_an_hour_to_who_said_why() {
    let world = ward().await;
    let [one, two, ..] = people(&world).await;
    assert!(!reads(&world, &one).await);
    opens(&world, &one, "b", REASON).await.unwrap();
    assert!(reads(&world, &one).await);
    assert!(!reads(&world, &two).await, "to nobody else");
    let assured = world.assured(&one);
    let because = world.door(&assured).await.because(&of("b")).await.unwrap();
    assert_eq!(because[0].kind, RelationshipKind::BreakGlass);
    let again = opens(&world, &one, "b", REASON).await;
    assert!(matches!(again, Err(Error::Emergency(_))), "{again:?}");
    let told = world.disclosures("WRD01", "b").await.into_iter();
    let broke = told.filter(|entry| {
        matches!(&entry.event, Event::Disclosure { interaction, .. } if *interaction == Interaction::BreakGlass)
    });
    assert_eq!(broke.count(), 1, "the patient can learn of it");

    for _ in 0..5 {
        world.clock.advance(Duration::from_mins(12));
        let _keeps_the_session = world.identity.authenticate(&one.token, None);
    }
    assert!(!reads(&world, &one).await, "and no longer than that");
}

#[tokio::test]
async fn only_whose_role_it_is_opens_a_record_with_a_reason() {
    let world = ward().await;
    let [one, _, carer, ivy] = people(&world).await;
    let desk = world.person("WRD01", "desk", Role::Receptionist, "5").await;
    let admin = world
        .person("WRD01", "admin", Role::Administrator, "6")
        .await;
    for other in [&carer, &ivy, &desk, &admin] {
        let refused = opens(&world, other, "b", REASON).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    let stranger = world
        .person("WRD02", "stranger", Role::Clinician, "one")
        .await;
    for (who, patient) in [(&one, "nobody"), (&stranger, "b")] {
        let refused = opens(&world, who, patient, REASON).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    for reason in ["", "   ", "x", "because \u{7} of it", &"x".repeat(501)] {
        let refused = opens(&world, &one, "b", reason).await;
        assert!(matches!(refused, Err(Error::Emergency(_))), "{reason:?}");
    }
    let related = opens(&world, &one, "a", REASON).await;
    assert!(
        matches!(related, Err(Error::Emergency(_))),
        "in the care team anyway"
    );
    assert!(!reads(&world, &one).await);
    let program = world.program("WRD01", "program", "system/*.cruds").await;
    let proved = world.proved(&program);
    let by_program = world
        .door(&proved)
        .await
        .break_glass(&of("b"), REASON)
        .await;
    assert!(matches!(by_program, Err(Error::NotFound)), "{by_program:?}");
}

/// One stolen session opens few records, however fast it asks.
#[tokio::test]
async fn an_account_has_few_records_open_at_a_time() {
    let world = ward().await;
    let [one, ..] = people(&world).await;
    let count = limits::BREAK_GLASS_OPEN + 2;
    let patients: Vec<String> = (0..count)
        .map(|number| format!(r#"{{"resourceType":"Patient","id":"p-{number}"}}"#))
        .collect();
    let patients: Vec<&str> = patients.iter().map(String::as_str).collect();
    world.import("WRD01", &patients).await;
    let assured = world.assured(&one);
    let door = world.door(&assured).await;
    let ids: Vec<_> = (0..count)
        .map(|number| of(&format!("p-{number}")))
        .collect();
    let attempts = ids.iter().map(|id| door.break_glass(id, REASON));
    let mut opened = 0;
    for attempt in attempts {
        opened += usize::from(attempt.await.is_ok());
    }
    assert_eq!(opened, limits::BREAK_GLASS_OPEN);
}

#[tokio::test]
async fn somebody_else_looks_at_the_reason_once() {
    let world = ward().await;
    let [one, two, _, ivy] = people(&world).await;
    opens(&world, &one, "b", REASON).await.unwrap();
    let before = world.disclosures("WRD01", "b").await.len();
    let by = world.assured(&ivy);
    let door = world.door(&by).await;
    let all = door.broken_glass().await.unwrap();
    assert_eq!((all.len(), all[0].reason.as_str()), (1, REASON));
    assert_eq!(all[0].account, one.account);
    assert!(all[0].reviewed.is_none());
    let after = world.disclosures("WRD01", "b").await.len();
    assert_eq!(
        after,
        before + 1,
        "the list tells of the patient, and is written down"
    );

    let id = all[0].id().to_owned();
    for who in [&one, &two] {
        let assured = world.assured(who);
        let other = world.door(&assured).await;
        assert!(matches!(other.broken_glass().await, Err(Error::Refused)));
        let review = other.review_broken_glass(&id, true, "fine").await;
        assert!(matches!(review, Err(Error::Refused)));
    }
    assert!(
        door.review_broken_glass(&id, true, " ").await.is_err(),
        "no notes"
    );
    assert!(door.review_broken_glass("0", true, "fine").await.is_err());
    door.review_broken_glass(&id, false, "No such arrival")
        .await
        .unwrap();
    let again = door.review_broken_glass(&id, true, "fine").await;
    assert!(matches!(again, Err(Error::Emergency(_))), "{again:?}");
    let review = door.broken_glass().await.unwrap()[0]
        .reviewed
        .clone()
        .unwrap();
    assert_eq!((review.by, review.in_order), (ivy.account, false));
    assert_eq!(review.notes, "No such arrival");
}

#[tokio::test]
async fn what_was_opened_and_reviewed_outlives_a_start() {
    let world = ward().await;
    let [one, _, _, ivy] = people(&world).await;
    opens(&world, &one, "b", REASON).await.unwrap();
    let records = world.records_anew();
    let (by, who) = (world.assured(&ivy), world.assured(&one));
    let request = ward_core::RequestId::from_bytes([1; 16]);
    let door = records.door(&by, request, by.organisation()).await.unwrap();
    let id = door.broken_glass().await.unwrap()[0].id().to_owned();
    door.review_broken_glass(&id, true, "Seen").await.unwrap();
    let own = records
        .door(&who, request, who.organisation())
        .await
        .unwrap();
    let key = "Observation/b-1".parse().unwrap();
    assert!(own.read(&key).await.is_ok(), "the hour goes on");
    let records = world.records_anew();
    let door = records.door(&by, request, by.organisation()).await.unwrap();
    assert!(door.broken_glass().await.unwrap()[0].reviewed.is_some());
}
