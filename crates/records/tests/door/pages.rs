//! What pages ask for: people, summaries, reasons, who looked.

use ward_core::PatientId;
use ward_identity::Role;
use ward_log::{Event, Interaction, RelationshipKind};
use ward_records::{Error, People, SectionKind};

use crate::{doctor, not_found, patient, refused, ward};

fn patient_id(id: &str) -> PatientId {
    PatientId::new(id).unwrap()
}

#[tokio::test]
async fn people_are_found_by_number_or_name_and_show_what_identifies() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let found = async |text: &str| match door.find_people(text, None).await.unwrap() {
        People::Found(people) => people,
        People::TooMany => panic!("too many"),
    };
    for text in [
        "999 000 0018",
        "smith",
        "Jane Smith",
        "SMITH, anna",
        "smi an",
    ] {
        let people = found(text).await;
        assert_eq!(people.len(), 1, "{text}");
        assert_eq!(people[0].name, "SMITH, Anna Jane");
        assert_eq!(people[0].nhs_number.as_deref(), Some("9990000018"));
        assert!(people[0].related);
    }
    let others = found("jones").await;
    assert!(!others[0].related);
    assert_eq!(
        world.disclosures("WRD01", "b").await.len(),
        1,
        "a hit is a disclosure"
    );
    for nothing in ["", "x", "9990000019", "nobody of this name"] {
        assert!(found(nothing).await.is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn a_search_for_people_is_kept_in_a_link_that_is_its_accounts_alone() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    for (text, born) in [("Jane Smith", None), ("smith", Some("1952-08"))] {
        let link = door.people_link(text, born);
        assert!(!link.contains("mith") && link != door.people_link(text, born));
        let asked = (text.to_owned(), born.map(str::to_owned));
        assert_eq!(door.people_asked(&link).unwrap(), asked);
        assert!(door.page(&link).await.is_err(), "it pages no resources");
    }
    let other = world
        .person("WRD01", "other", Role::Clinician, "none")
        .await;
    let assured = world.assured(&other);
    let other = world.door(&assured).await;
    for bad in [door.people_link("smith", None).as_str(), "", "x", "AAAA"] {
        assert!(
            matches!(other.people_asked(bad), Err(Error::BadLink)),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn of_too_many_people_nobody_is_shown() {
    let world = ward().await;
    let many: Vec<String> = (0..30)
        .map(|n| patient(&format!("p{n}"), "Patel", "9990000042"))
        .collect();
    world
        .import(
            "WRD01",
            &many.iter().map(String::as_str).collect::<Vec<_>>(),
        )
        .await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    assert!(matches!(
        door.find_people("patel", None).await.unwrap(),
        People::TooMany
    ));
    assert!(world.disclosures("WRD01", "p1").await.is_empty());
    let people = world
        .person("WRD01", "admin", Role::Administrator, "none")
        .await;
    let assured = world.assured(&people);
    refused(world.door(&assured).await.find_people("smith", None).await);
}

#[tokio::test]
async fn a_summary_is_one_entry_and_shows_why() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let before = world.store("WRD01").log_position();
    let summary = door.summary(&patient_id("a")).await.unwrap();
    assert_eq!(world.store("WRD01").log_position(), before + 1);
    assert_eq!(summary.because[0].kind, RelationshipKind::CareTeam);
    let section = |kind| {
        summary
            .sections
            .iter()
            .find(|section| section.kind == kind)
            .unwrap()
    };
    let results = section(SectionKind::Results);
    let ids: Vec<_> = results.items.iter().map(|item| item.key.id()).collect();
    assert_eq!((ids, results.more), (vec!["a-2", "a-1"], false));
    assert_eq!(section(SectionKind::CareTeams).items.len(), 1);
    let entries = world.disclosures("WRD01", "a").await;
    let Event::Disclosure {
        interaction, items, ..
    } = &entries[0].event
    else {
        panic!()
    };
    assert_eq!((*interaction, items.len()), (Interaction::Summary, 4));
}

#[tokio::test]
async fn a_summary_without_a_relationship_says_who_it_is_and_no_more() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let summary = door.summary(&patient_id("b")).await.unwrap();
    assert!(summary.because.is_empty() && summary.sections.is_empty());
    not_found(door.summary(&patient_id("nobody")).await);
    let carer = world.person("WRD01", "carer", Role::Carer, "one").await;
    let assured = world.assured(&carer);
    let door = world.door(&assured).await;
    not_found(door.summary(&patient_id("b")).await);
    let summary = door.summary(&patient_id("a")).await.unwrap();
    assert!(
        summary
            .sections
            .iter()
            .all(|section| section.kind != SectionKind::Results)
    );
}

#[tokio::test]
async fn because_names_the_relationships_that_hold() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let because = door.because(&patient_id("a")).await.unwrap();
    assert_eq!(because.len(), 1);
    assert_eq!(because[0].source.as_str(), "CareTeam/team-a");
    assert!(door.because(&patient_id("b")).await.unwrap().is_empty());
    not_found(door.because(&patient_id("nobody")).await);
}

#[tokio::test]
async fn who_looked_is_listed_newest_first_and_is_itself_a_look() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    door.read(&crate::key("Observation/a-1")).await.unwrap();
    door.summary(&patient_id("a")).await.unwrap();
    let page = door.who_looked(&patient_id("a"), None).await.unwrap();
    let seen: Vec<_> = page
        .lines
        .iter()
        .map(|line| (line.interaction, line.count))
        .collect();
    assert_eq!(seen, [(Interaction::Summary, 4), (Interaction::Read, 1)]);
    assert!(
        page.lines
            .iter()
            .all(|line| line.account == Some(person.account))
    );
    let officer = world
        .person("WRD01", "ig", Role::InformationGovernance, "none")
        .await;
    let assured = world.assured(&officer);
    let page = world
        .door(&assured)
        .await
        .who_looked(&patient_id("a"), None)
        .await
        .unwrap();
    assert_eq!(page.lines[0].interaction, Interaction::WhoLooked);
    assert_eq!(page.lines.len(), 3);
}

#[tokio::test]
async fn who_looked_is_for_those_who_may_know() {
    let world = ward().await;
    let before = world.store("WRD01").log_position();
    for (name, role) in [("desk", Role::Receptionist), ("adm", Role::Administrator)] {
        let person = world.person("WRD01", name, role, "one").await;
        let assured = world.assured(&person);
        not_found(
            world
                .door(&assured)
                .await
                .who_looked(&patient_id("a"), None)
                .await,
        );
    }
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    not_found(door.who_looked(&patient_id("b"), None).await);
    not_found(door.who_looked(&patient_id("nobody"), None).await);
    let officer = world
        .person("WRD01", "ig", Role::InformationGovernance, "none")
        .await;
    let assured = world.assured(&officer);
    not_found(
        world
            .door(&assured)
            .await
            .who_looked(&patient_id("nobody"), None)
            .await,
    );
    assert!(world.store("WRD01").log_position() > before + 5);
}
