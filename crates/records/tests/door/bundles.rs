//! transaction and batch.

use ward_fhir::Resource;
use ward_identity::Role;
use ward_records::{EntryOutcome, Error};
use ward_testkit::resource;

use crate::{doctor, issues, key, observation, patient, ward};

fn bundle(kind: &str, entries: &[String]) -> Resource {
    let entries = entries.join(",");
    resource(&format!(
        r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{entries}]}}"#
    ))
}

fn entry(full_url: &str, method: &str, url: &str, extra: &str, body: &str) -> String {
    let body = if body.is_empty() {
        String::new()
    } else {
        format!(r#","resource":{body}"#)
    };
    let full_url = if full_url.is_empty() {
        String::new()
    } else {
        format!(r#""fullUrl":"{full_url}","#)
    };
    format!(r#"{{{full_url}"request":{{"method":"{method}","url":"{url}"{extra}}}{body}}}"#)
}

fn about(reference: &str) -> String {
    observation("x", "x", "2026-05-01", "61").replace("Patient/x", reference)
}

#[tokio::test]
async fn a_transaction_is_one_commit_and_its_links_are_resolved() {
    let world = ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let transaction = bundle(
        "transaction",
        &[
            entry(
                "urn:uuid:o",
                "POST",
                "Observation",
                "",
                &about("urn:uuid:p"),
            ),
            entry(
                "urn:uuid:p",
                "POST",
                "Patient",
                "",
                &patient("x", "New", "9990000034"),
            ),
            entry("", "GET", "Observation/a-1", "", ""),
            entry(
                "",
                "PUT",
                "Observation/a-2",
                r#","ifMatch":"W/\"1\"""#,
                &observation("a-2", "a", "2026-02-05", "81"),
            ),
            entry("", "DELETE", "Observation/b-1", "", ""),
            entry("", "GET", "Observation?patient=a", "", ""),
        ],
    );
    let before = world.store("WRD01").log_position();
    let outcomes = door.bundle(&transaction).await.unwrap();
    assert_eq!(
        world.store("WRD01").log_position(),
        before + 4 + 2,
        "four changes, two reads"
    );
    let [
        EntryOutcome::Written(observation),
        EntryOutcome::Written(patient),
        EntryOutcome::Read(read),
        EntryOutcome::Written(updated),
        EntryOutcome::Deleted(Some(2)),
        EntryOutcome::Searched(page),
    ] = &outcomes[..]
    else {
        panic!("{outcomes:?}")
    };
    let body = observation.version.resource().unwrap();
    assert_eq!(
        body.root().text("subject.reference"),
        Some(patient.version.key.as_str())
    );
    assert_eq!(
        (read.version, updated.version.version, page.matches.len()),
        (1, 2, 2)
    );
}

#[tokio::test]
async fn a_transaction_that_fails_anywhere_changes_nothing() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let good = entry(
        "",
        "PUT",
        "Observation/a-1",
        "",
        &observation("a-1", "a", "2026-01-05", "1"),
    );
    for bad in [
        entry(
            "",
            "PUT",
            "Observation/b-1",
            "",
            &observation("b-1", "b", "2026-01-05", "1"),
        ),
        entry("", "DELETE", "Observation/nowhere", "", ""),
        entry(
            "",
            "PUT",
            "Observation/a-2",
            r#","ifMatch":"W/\"7\"""#,
            &observation("a-2", "a", "2026-01-05", "1"),
        ),
        entry("", "GET", "Observation/b-1", "", ""),
        entry("", "GET", "Observation/nowhere", "", ""),
    ] {
        let error = door
            .bundle(&bundle("transaction", &[good.clone(), bad]))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Entry { index: 1, .. }), "{error:?}");
    }
    assert_eq!(door.read(&key("Observation/a-1")).await.unwrap().version, 1);
}

#[tokio::test]
async fn everything_that_is_wrong_in_a_transaction_is_named_with_its_entry() {
    let world = ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let before = world.store("WRD01").log_position();
    let places = async |entries: &[String]| {
        let found = issues(
            door.bundle(&bundle("transaction", entries))
                .await
                .unwrap_err(),
        );
        found
            .into_iter()
            .map(|issue| issue.expression)
            .collect::<Vec<_>>()
    };
    let wrong = about("Patient/a").replace("final", "perhaps");
    let good = entry("", "POST", "Observation", "", &about("Patient/a"));
    let found = places(&[
        good.clone(),
        entry("", "POST", "Observation", "", &wrong),
        entry("", "POST", "Observation", "", &about("urn:uuid:nobody")),
        entry(
            "",
            "POST",
            "Observation",
            "",
            &about("Patient?identifier=nobody"),
        ),
    ])
    .await;
    assert_eq!(
        found,
        [
            "Bundle.entry[3].resource",
            "Bundle.entry[1].resource.status",
            "Bundle.entry[2].resource.subject",
        ]
    );
    let twice = entry("", "DELETE", "Observation/a-1", "", "");
    assert_eq!(places(&[twice.clone(), twice]).await, ["Bundle.entry[1]"]);
    assert_eq!(
        places(&[good, entry("", "PATCH", "Patient/a", "", "")]).await,
        ["Bundle.entry[1].request"]
    );
    let found = places(&[entry(
        "",
        "PUT",
        "Patient/q",
        "",
        &patient("z", "Z", "9990000034"),
    )])
    .await;
    assert_eq!(found, ["Bundle.entry[0].resource.id"]);
    // That the condition found nobody was told, and so is written down; nothing else happened.
    assert_eq!(world.store("WRD01").log_position(), before + 1);
}

#[tokio::test]
async fn a_transaction_reads_what_it_writes_and_not_what_it_deletes() {
    let world = ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let put = entry(
        "",
        "PUT",
        "Patient/new",
        "",
        &patient("new", "New", "9990000034"),
    );
    let get = entry("", "GET", "Patient/new", "", "");
    let outcomes = door
        .bundle(&bundle("transaction", &[get, put]))
        .await
        .unwrap();
    assert!(matches!(outcomes[0], EntryOutcome::Read(_)));
    let delete = entry("", "DELETE", "Observation/a-1", "", "");
    let get = entry("", "GET", "Observation/a-1", "", "");
    let wrong = issues(
        door.bundle(&bundle("transaction", &[get, delete]))
            .await
            .unwrap_err(),
    );
    assert_eq!(wrong[0].expression, "Bundle.entry[0]");
    assert!(door.read(&key("Observation/a-1")).await.is_ok());
}

#[tokio::test]
async fn conditions_name_what_is_there() {
    let world = ward().await;
    let program = world.program("WRD01", "feed", "system/*.cruds").await;
    let assured = world.proved(&program);
    let door = world.door(&assured).await;
    let transaction = bundle(
        "transaction",
        &[
            entry(
                "urn:uuid:p",
                "POST",
                "Patient",
                r#","ifNoneExist":"identifier=9990000018""#,
                &patient("x", "Smith", "9990000018"),
            ),
            entry("", "POST", "Observation", "", &about("urn:uuid:p")),
            entry(
                "",
                "POST",
                "Observation",
                "",
                &about("Patient?identifier=9990000026"),
            ),
        ],
    );
    let outcomes = door.bundle(&transaction).await.unwrap();
    let [
        EntryOutcome::Written(found),
        EntryOutcome::Written(one),
        EntryOutcome::Written(two),
    ] = &outcomes[..]
    else {
        panic!("{outcomes:?}")
    };
    assert_eq!(
        (found.version.key.as_str(), found.unchanged),
        ("Patient/a", true)
    );
    let subject = |written: &ward_records::Written| {
        let body = written.version.resource().unwrap();
        body.root().text("subject.reference").unwrap().to_owned()
    };
    assert_eq!(
        (subject(one), subject(two)),
        ("Patient/a".to_owned(), "Patient/b".to_owned())
    );
    assert_eq!(world.disclosures("WRD01", "a").await.len(), 1);
    assert_eq!(world.disclosures("WRD01", "b").await.len(), 1);
    let same = entry(
        "",
        "POST",
        "Patient",
        r#","ifNoneExist":"identifier=9990000034""#,
        &patient("x", "Twin", "9990000034"),
    );
    issues(
        door.bundle(&bundle("transaction", &[same.clone(), same]))
            .await
            .unwrap_err(),
    );
}

#[tokio::test]
async fn a_batch_does_each_entry_by_itself() {
    let world = ward().await;
    let person = doctor(&world).await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    let batch = bundle(
        "batch",
        &[
            entry("", "POST", "Observation", "", &about("Patient/a")),
            entry("", "POST", "Observation", "", &about("Patient/b")),
            entry(
                "",
                "PUT",
                "Observation/a-1",
                "",
                &observation("a-1", "a", "2026-01-05", "1"),
            ),
            entry(
                "",
                "PUT",
                "Observation/a-1",
                "",
                &observation("a-1", "a", "2026-01-05", "2"),
            ),
            entry(
                "",
                "POST",
                "Observation",
                "",
                &about("Patient/a").replace("final", "perhaps"),
            ),
            entry("", "GET", "Observation/b-1", "", ""),
            entry("", "GET", "Observation/a-1", "", ""),
            entry("", "BREW", "Observation", "", ""),
            entry("", "POST", "Observation", "", &about("urn:uuid:nobody")),
        ],
    );
    let outcomes = door.bundle(&batch).await.unwrap();
    assert!(matches!(&outcomes[0], EntryOutcome::Written(written) if written.created));
    assert!(matches!(outcomes[1], EntryOutcome::Failed(Error::Refused)));
    assert!(matches!(&outcomes[2], EntryOutcome::Written(written) if written.version.version == 2));
    assert!(matches!(&outcomes[3], EntryOutcome::Written(written) if written.version.version == 3));
    assert!(matches!(
        outcomes[4],
        EntryOutcome::Failed(Error::Invalid(_))
    ));
    assert!(matches!(outcomes[5], EntryOutcome::Failed(Error::NotFound)));
    assert!(matches!(&outcomes[6], EntryOutcome::Read(version) if version.version == 3));
    assert!(matches!(
        outcomes[7],
        EntryOutcome::Failed(Error::Invalid(_))
    ));
    assert!(matches!(
        outcomes[8],
        EntryOutcome::Failed(Error::Invalid(_))
    ));
}

#[tokio::test]
async fn only_transactions_and_batches_are_acted_upon() {
    let world = ward().await;
    let person = world
        .person("WRD01", "desk", Role::Receptionist, "none")
        .await;
    let assured = world.assured(&person);
    let door = world.door(&assured).await;
    issues(door.bundle(&bundle("collection", &[])).await.unwrap_err());
    issues(
        door.bundle(&resource(r#"{"resourceType":"Patient"}"#))
            .await
            .unwrap_err(),
    );
    assert!(
        door.bundle(&bundle("transaction", &[]))
            .await
            .unwrap()
            .is_empty()
    );
}
