//! Requests that can't be meant.

use crate::fixture::{BASE, FHIR, assert_refused, json, ward};

#[tokio::test]
async fn a_malformed_body_is_refused_with_its_place() {
    let ward = ward().await;
    let before = ward.patients().await;
    let deep = format!(
        r#"{{"resourceType":"Patient","a":{}{}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    for bad in [
        "",
        "null",
        "[]",
        "\"Patient\"",
        "{",
        "{}",
        r#"{"resourceType":"Patient""#,
        r#"{"resourceType":"Patient"} x"#,
        r#"{"resourceType":"Patient","id":"a","id":"b"}"#,
        r#"{"resourceType":"Nonsense"}"#,
        r#"{"resourceType":7}"#,
        r#"{"resourceType":"Observation"}"#,
        r"{'resourceType':'Patient'}",
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"a\tb\"}]}",
        r#"{"resourceType":"Patient","name":[{"family":"\ud800"}]}"#,
        r#"{"resourceType":"Patient","name":[{"family":"\u0000"}]}"#,
        "\u{feff}{\"resourceType\":\"Patient\"}",
        &deep,
    ] {
        let answer = ward.post("/Patient", bad).await;
        assert_refused(&answer, 400);
    }
    let target = format!("{BASE}/Patient");
    let bytes = b"{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"\xff\xfe\"}]}";
    let answer = ward
        .server
        .ask(&ward.program, "POST", &target, &[FHIR], bytes)
        .await;
    assert_refused(&answer, 400);
    assert!(
        json(&answer)["issue"][0]["diagnostics"]
            .as_str()
            .unwrap()
            .contains("line 1")
    );
    assert_eq!(ward.patients().await, before);
}

#[tokio::test]
async fn a_wrong_resource_is_refused_with_all_its_errors() {
    let ward = ward().await;
    let before = ward.patients().await;
    let wrong = r#"{"resourceType":"Patient","nonsense":1,"active":"yes","birthDate":"04/03/1950",
        "gender":"x","name":{"family":"Smith"},"contact":[{"gender":"male","relationship":7}]}"#;
    let answer = ward.post("/Patient", wrong).await;
    assert!(matches!(answer.status, 400 | 422), "{}", answer.body);
    assert_refused(&answer, answer.status);
    let issues = json(&answer);
    let places: Vec<_> = issues["issue"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|issue| issue["expression"][0].as_str())
        .collect();
    for place in [
        "Patient.active",
        "Patient.birthDate",
        "Patient.gender",
        "Patient.name",
    ] {
        assert!(
            places.iter().any(|known| known.starts_with(place)),
            "{place} {places:?}"
        );
    }
    assert!(!answer.body.contains("04/03/1950"), "{}", answer.body);
    assert_eq!(ward.patients().await, before);
}

#[tokio::test]
async fn ids_with_path_tricks_lead_nowhere() {
    let ward = ward().await;
    let before = ward.patients().await;
    for id in [
        "..",
        ".",
        "a/../../Patient/anna",
        "%2e%2e",
        "anna%2f_history",
        "anna%00",
        "anna;x=1",
        "anna\\x",
        "%61nna",
        "anna/",
        "anna//_history",
        "a_b",
        "ann\u{e4}",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let body = if method == "PUT" {
                r#"{"resourceType":"Patient","id":"x"}"#
            } else {
                ""
            };
            let answer = ward
                .with(method, &format!("/Patient/{id}"), &[FHIR], body)
                .await;
            assert!(
                (400..500).contains(&answer.status),
                "{method} {id} {}",
                answer.status
            );
            assert!(!answer.body.contains("Smith"), "{id}");
        }
    }
    let long = format!("/Patient/{}", "a".repeat(65));
    assert_refused(&ward.get(&long).await, 404);
    assert_refused(
        &ward
            .put("/Patient/x", r#"{"resourceType":"Patient","id":"y"}"#)
            .await,
        400,
    );
    assert_refused(
        &ward
            .put("/Patient/x", r#"{"resourceType":"Patient"}"#)
            .await,
        400,
    );
    assert_refused(
        &ward
            .put("/Patient/x", r#"{"resourceType":"Flag","id":"x"}"#)
            .await,
        400,
    );
    assert_eq!(ward.patients().await, before);
    assert_eq!(ward.get("/Patient/anna").await.status, 200);
}

#[tokio::test]
async fn versions_that_are_none_are_refused() {
    let ward = ward().await;
    let body = r#"{"resourceType":"Patient","id":"anna"}"#;
    for tag in ["1", "W/1", "*", "W/\"x\"", "W/\"1\", W/\"2\"", "W/\"-1\""] {
        let line = format!("If-Match: {tag}");
        assert_refused(
            &ward
                .with("PUT", "/Patient/anna", &[FHIR, &line], body)
                .await,
            400,
        );
        assert_refused(
            &ward.with("DELETE", "/Patient/anna", &[&line], "").await,
            400,
        );
    }
    let twice = [FHIR, "If-Match: W/\"1\"", "If-Match: W/\"1\""];
    assert_refused(&ward.with("PUT", "/Patient/anna", &twice, body).await, 400);
}

#[tokio::test]
async fn what_may_not_be_seen_looks_like_what_is_not_there() {
    let ward = ward().await;
    let narrow = ward
        .server
        .world
        .program("WRD01", "narrow", "system/Observation.rs")
        .await;
    let ask = |id: &str| {
        let target = format!("{BASE}/Patient/{id}");
        let (server, narrow) = (&ward.server, &narrow);
        async move { server.ask(narrow, "GET", &target, &[], b"").await }
    };
    let (hidden, unknown) = (ask("anna").await, ask("nobody").await);
    assert_refused(&hidden, 404);
    let anonymous = |raw: &ward_testkit::Raw| {
        let mut outcome = json(raw);
        outcome["id"].take();
        outcome
    };
    assert_eq!(anonymous(&hidden), anonymous(&unknown));
    let names = |raw: &ward_testkit::Raw| {
        raw.head
            .lines()
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&hidden), names(&unknown));
}
