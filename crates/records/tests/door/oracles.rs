//! Nothing is learnt of a patient without a trace: not by an error, a count, or an empty answer.

use ward_log::{Event, Interaction};
use ward_records::{Door, Error, Search};
use ward_testkit::{Program, World, resource};

use crate::{issues, key, observation, ward};

async fn feed(world: &World) -> Program {
    world.program("WRD01", "feed", "system/*.cruds").await
}

fn observations(query: &str) -> Search {
    Search {
        resource_type: "Observation".to_owned(),
        pairs: ward_records::query_pairs(query).unwrap(),
    }
}

/// How often somebody looked at each of the two patients.
async fn looks(world: &World) -> (usize, usize) {
    let of = |patient| world.disclosures("WRD01", patient);
    (of("a").await.len(), of("b").await.len())
}

/// How much is written down.
fn written(world: &World) -> u64 {
    world.store("WRD01").log_position()
}

async fn transact(door: &Door<'_>, entries: &[&str]) -> Error {
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#,
        entries.join(",")
    );
    door.bundle(&resource(&bundle)).await.unwrap_err()
}

#[tokio::test]
async fn a_transaction_that_fails_has_still_told_whom_its_conditions_found() {
    let world = ward().await;
    let program = feed(&world).await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let number = "https://fhir.nhs.uk/Id/nhs-number|9990000018";
    let probe = format!(
        r#"{{"resource":{{"resourceType":"Condition","code":{{"text":"x"}},"subject":{{
        "reference":"Patient?identifier={number}"}}}},"request":{{"method":"POST","url":"Condition"}}}}"#
    );
    let broken = r#"{"resource":{"resourceType":"Observation"},
        "request":{"method":"POST","url":"Observation"}}"#;
    issues(transact(&door, &[&probe, broken]).await);
    assert_eq!(looks(&world).await, (1, 0));
    let create = format!(
        r#"{{"resource":{{"resourceType":"Patient"}},"request":{{"method":"POST","url":"Patient",
        "ifNoneExist":"identifier={number}"}}}}"#
    );
    issues(transact(&door, &[&create, broken]).await);
    assert_eq!(looks(&world).await, (2, 0));
    let several = r#"{"resource":{"resourceType":"Patient"},"request":{"method":"POST",
        "url":"Patient","ifNoneExist":"given=anna"}}"#;
    transact(&door, &[several, broken]).await;
    assert_eq!(looks(&world).await, (3, 1));
}

#[tokio::test]
async fn which_entry_failed_tells_of_those_before_it() {
    let world = ward().await;
    let program = feed(&world).await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let delete = r#"{"request":{"method":"DELETE","url":"Observation/a-1","ifMatch":"W/\"1\""}}"#;
    let unknown = r#"{"request":{"method":"GET","url":"Observation/unknown"}}"#;
    let before = written(&world);
    transact(&door, &[delete, unknown]).await;
    // What is unknown, and what is there at that version.
    assert_eq!(written(&world), before + 2);
}

#[tokio::test]
async fn a_count_names_whom_it_counts() {
    let world = ward().await;
    let program = feed(&world).await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let count = door.search(&observations("_count=0")).await.unwrap();
    assert_eq!((count.total, count.matches.len()), (Some(3), 0));
    assert_eq!(looks(&world).await, (1, 1));
    let query = "_count=1&_total=accurate";
    let page = door.search(&observations(query)).await.unwrap();
    assert_eq!((page.total, page.matches.len()), (Some(3), 1));
    assert_eq!(looks(&world).await, (2, 2));
    let entries = world.disclosures("WRD01", "a").await;
    let Event::Disclosure { items, .. } = &entries[0].event else {
        panic!()
    };
    assert_eq!(items.len(), 3, "each once");
}

#[tokio::test]
async fn that_nothing_was_found_of_somebody_is_told_of_them() {
    let world = ward().await;
    let program = feed(&world).await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    for query in ["patient=a&code=none", "patient=a&code=none&_count=0"] {
        let page = door.search(&observations(query)).await.unwrap();
        assert_eq!(page.total, Some(0), "{query}");
    }
    assert_eq!(looks(&world).await, (2, 0));
    let nobody = observations("patient=nobody&code=none");
    door.search(&nobody).await.unwrap();
    let new = resource(&observation("x", "b", "2026-01-01", "1"));
    let condition = ward_records::query_pairs("patient=b&code=none").unwrap();
    door.create(new, Some(&condition)).await.unwrap();
    assert_eq!(looks(&world).await, (2, 1));
    // Whom an account has nothing to do with, it learns nothing of.
    let person = crate::doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    door.search(&observations("patient=b&code=none"))
        .await
        .unwrap();
    assert_eq!(looks(&world).await, (2, 1));
}

#[tokio::test]
async fn that_something_is_deleted_or_was_changed_is_written_down() {
    let world = ward().await;
    let program = feed(&world).await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let gone = key("Observation/a-1");
    let before = written(&world);
    let early = door.delete(&gone, Some(7)).await;
    assert!(matches!(early, Err(Error::PreconditionFailed)));
    assert_eq!(written(&world), before + 1);
    let next = resource(&observation("a-1", "a", "2026-01-05", "73"));
    let early = door.update(&gone, next, Some(7)).await;
    assert!(matches!(early, Err(Error::PreconditionFailed)));
    assert_eq!(written(&world), before + 2);
    door.delete(&gone, None).await.unwrap();
    let before = looks(&world).await.0;
    assert!(matches!(door.read(&gone).await, Err(Error::Gone)));
    assert!(matches!(door.vread(&gone, 2).await, Err(Error::Gone)));
    assert_eq!(looks(&world).await.0, before + 2);
    let before = written(&world);
    assert_eq!(door.delete(&gone, None).await.unwrap(), None);
    assert_eq!(written(&world), before + 1);
    let entries = world.disclosures("WRD01", "a").await;
    let by = |wanted| {
        entries.iter().any(|entry| {
            matches!(&entry.event, Event::Disclosure { interaction, .. } if *interaction == wanted)
        })
    };
    assert!(by(Interaction::Read) && by(Interaction::Vread));
}

#[tokio::test]
async fn one_request_reads_no_more_than_it_may() {
    let world = ward().await;
    let program = feed(&world).await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let read = r#"{"request":{"method":"GET","url":"Observation?_count=200"}}"#;
    for kind in ["batch", "transaction"] {
        let bundle = format!(
            r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{}]}}"#,
            vec![read; 101].join(",")
        );
        let wrong = issues(door.bundle(&resource(&bundle)).await.unwrap_err());
        assert_eq!(wrong[0].expression, "Bundle.entry");
    }
}
