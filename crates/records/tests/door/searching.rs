//! search: exact, sifted by relationship, paged by links that nobody else can use.

use std::time::Duration;

use ward_identity::Role;
use ward_log::Event;
use ward_records::{Door, Error, Page, Search};
use ward_testkit::resource;

use crate::{doctor, issues, key, observation, patient, refused, ward};

fn search(resource_type: &str, query: &str) -> Search {
    let pairs = ward_records::query_pairs(query).unwrap();
    Search {
        resource_type: resource_type.to_owned(),
        pairs,
    }
}

async fn ids(door: &Door<'_>, resource_type: &str, query: &str) -> Vec<String> {
    let page = door.search(&search(resource_type, query)).await.unwrap();
    page.matches
        .iter()
        .map(|version| version.key.id().to_owned())
        .collect()
}

#[tokio::test]
async fn a_search_finds_what_matches_and_only_in_records_with_a_relationship() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    assert_eq!(ids(&door, "Observation", "").await, ["a-2", "a-1"]);
    assert_eq!(
        ids(&door, "Observation", "code=8867-4&_sort=date").await,
        ["a-1", "a-2"]
    );
    assert_eq!(
        ids(&door, "Observation", "date=ge2026-02-01").await,
        ["a-2"]
    );
    assert_eq!(
        ids(&door, "Observation", "value-quantity=gt75").await,
        ["a-2"]
    );
    assert_eq!(
        ids(&door, "Observation", "patient=a&date=2026-01").await,
        ["a-1"]
    );
    assert!(ids(&door, "Observation", "patient=b").await.is_empty());
    assert!(ids(&door, "Observation", "_id=b-1").await.is_empty());
    assert!(world.disclosures("WRD01", "b").await.is_empty());
    let program = world
        .program("WRD01", "reader", "system/Observation.rs")
        .await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    assert_eq!(ids(&door, "Observation", "").await, ["b-1", "a-2", "a-1"]);
}

#[tokio::test]
async fn a_page_is_one_entry_that_names_every_hit() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let before = world.store("WRD01").log_position();
    let query = "code=8867-4&_include=Observation:subject&_include=Observation:performer";
    let page = door.search(&search("Observation", query)).await.unwrap();
    assert_eq!(world.store("WRD01").log_position(), before + 1);
    assert_eq!(
        (page.matches.len(), page.included.len(), page.total),
        (2, 1, Some(2))
    );
    assert_eq!(page.included[0].key, key("Patient/a"));
    let entries = world.disclosures("WRD01", "a").await;
    let Event::Disclosure { items, basis, .. } = &entries[0].event else {
        panic!()
    };
    assert_eq!(items.len(), 3);
    assert_eq!(basis.source.as_deref(), Some("CareTeam/team-a"));
}

#[tokio::test]
async fn a_page_brings_only_what_its_own_hits_lead_to() {
    let world = ward().await;
    let program = world.program("WRD01", "reader", "system/*.rs").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let query = "_count=1&_include=Observation:subject";
    let mut page = door.search(&search("Observation", query)).await.unwrap();
    for (hit, subject) in [
        ("Observation/b-1", "Patient/b"),
        ("Observation/a-2", "Patient/a"),
        ("Observation/a-1", "Patient/a"),
    ] {
        let keys = |versions: &[ward_records::Version]| -> Vec<_> {
            versions.iter().map(|version| version.key.clone()).collect()
        };
        assert_eq!(keys(&page.matches), [key(hit)]);
        assert_eq!(keys(&page.included), [key(subject)], "with {hit}");
        if let Some(next) = page.next {
            page = door.page(&next).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_included_passes_the_same_locks() {
    let world = ward().await;
    let program = world
        .program("WRD01", "reader", "system/Observation.rs")
        .await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let page = door
        .search(&search("Observation", "_include=Observation:subject"))
        .await
        .unwrap();
    assert_eq!((page.matches.len(), page.included.len()), (3, 0));
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let world = ward().await;
    let many: Vec<String> = (0..25)
        .map(|n| {
            observation(
                &format!("m-{n:02}"),
                "a",
                &format!("2025-01-{:02}", n + 1),
                "5",
            )
        })
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
    for sort in ["", "&_sort=-date", "&_sort=date"] {
        let query = format!("date=lt2026&_count=10{sort}");
        let mut page = door.search(&search("Observation", &query)).await.unwrap();
        let mut seen = Vec::new();
        let mut sizes = Vec::new();
        loop {
            sizes.push(page.matches.len());
            seen.extend(
                page.matches
                    .iter()
                    .map(|version| version.key.id().to_owned()),
            );
            let Some(next) = page.next else { break };
            page = door.page(&next).await.unwrap();
        }
        assert_eq!(sizes, [10, 10, 5], "{sort}");
        if sort != "&_sort=date" {
            seen.reverse();
        }
        let expected: Vec<_> = (0..25).map(|n| format!("m-{n:02}")).collect();
        assert_eq!(seen, expected, "{sort}");
    }
    let counted = door
        .search(&search("Observation", "_count=0"))
        .await
        .unwrap();
    assert_eq!((counted.matches.len(), counted.total), (0, Some(27)));
    let counted = door
        .search(&search("Observation", "_count=5&_total=accurate"))
        .await
        .unwrap();
    assert_eq!((counted.matches.len(), counted.total), (5, Some(27)));
}

async fn next_of(door: &Door<'_>) -> String {
    let page: Page = door
        .search(&search("Observation", "_count=1"))
        .await
        .unwrap();
    page.next.unwrap()
}

#[tokio::test]
async fn a_paging_link_is_for_its_account_and_its_hour_and_shows_nothing() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let link = next_of(&door).await;
    assert_ne!(
        link,
        next_of(&door).await,
        "not even whether two searches are the same"
    );
    let other = world.person("WRD01", "other", Role::Clinician, "one").await;
    let others = world.assured(&other);
    let other_door = world.door(&others).await;
    assert!(matches!(other_door.page(&link).await, Err(Error::BadLink)));
    let abroad = world
        .person("WRD02", "abroad", Role::Clinician, "one")
        .await;
    let abroad = world.assured(&abroad);
    assert!(matches!(
        world.door(&abroad).await.page(&link).await,
        Err(Error::BadLink)
    ));
    let mut forged: Vec<String> = ["", "x", "AAAA", "%", "é"].map(str::to_owned).into();
    for place in 0..link.len() {
        let mut bytes = link.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(bytes).unwrap());
    }
    forged.push(link[..link.len() - 4].to_owned());
    forged.push("A".repeat(1_000_000));
    for link in forged {
        assert!(matches!(door.page(&link).await, Err(Error::BadLink)));
    }
    assert_eq!(door.page(&link).await.unwrap().matches.len(), 1);
    world.clock.advance(Duration::from_hours(1));
    let assured = world.person("WRD01", "later", Role::Clinician, "one").await;
    let later = world.assured(&assured);
    assert!(matches!(
        world.door(&later).await.page(&link).await,
        Err(Error::BadLink)
    ));
}

#[tokio::test]
async fn a_link_expires_for_its_own_account_too() {
    let world = ward().await;
    let program = world
        .program("WRD01", "reader", "system/Observation.rs")
        .await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let link = next_of(&door).await;
    world.clock.advance(ward_core::limits::PAGING_LINK);
    assert!(matches!(door.page(&link).await, Err(Error::BadLink)));
}

#[tokio::test]
async fn the_deleted_and_the_superseded_are_in_no_search() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let changed = resource(&observation("a-1", "a", "2026-01-05", "100"));
    door.update(&key("Observation/a-1"), changed, None)
        .await
        .unwrap();
    assert!(
        ids(&door, "Observation", "value-quantity=72")
            .await
            .is_empty()
    );
    assert_eq!(
        ids(&door, "Observation", "value-quantity=100").await,
        ["a-1"]
    );
    door.delete(&key("Observation/a-1"), None).await.unwrap();
    assert_eq!(ids(&door, "Observation", "").await, ["a-2"]);
}

#[tokio::test]
async fn a_search_that_the_role_never_makes_is_refused() {
    let world = ward().await;
    for (role, resource_type) in [
        (Role::Receptionist, "Observation"),
        (Role::Administrator, "Patient"),
        (Role::InformationGovernance, "Condition"),
        (Role::Carer, "Observation"),
    ] {
        let person = world.person("WRD01", role.as_str(), role, "one").await;
        let assured = world.assured(&person);
        refused(
            world
                .door(&assured)
                .await
                .search(&search(resource_type, ""))
                .await,
        );
    }
}

#[tokio::test]
async fn wrong_parameters_are_all_named() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let wrong = search("Observation", "shoe-size=7&date=yesterday&_sort=colour");
    assert_eq!(issues(door.search(&wrong).await.unwrap_err()).len(), 3);
    issues(door.search(&search("Nothing", "")).await.unwrap_err());
}

#[tokio::test]
async fn receptionists_find_everybody_and_carers_their_own() {
    let world = ward().await;
    world
        .import("WRD01", &[&patient("c", "Smithers", "9990000042")])
        .await;
    let person = world
        .person("WRD01", "desk", Role::Receptionist, "none")
        .await;
    let assured = world.assured(&person);
    assert_eq!(
        ids(&world.door(&assured).await, "Patient", "name=smith").await,
        ["c", "a"]
    );
    let person = world.person("WRD01", "carer", Role::Carer, "one").await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    assert_eq!(ids(&door, "Patient", "name=smith").await, ["a"]);
    assert_eq!(ids(&door, "Patient", "").await, ["a"]);
}
