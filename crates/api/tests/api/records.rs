//! Read, vread, history, create, update, delete.

use crate::fixture::{ANNA, BASE, FHIR, assert_refused, json, ward};

const NEW: &str = r#"{"resourceType":"Patient","name":[{"family":"Neu"}]}"#;

#[tokio::test]
async fn a_resource_is_read_with_its_version() {
    let ward = ward().await;
    let answer = ward.get("/Patient/anna").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/fhir+json"));
    assert_eq!(answer.header("etag"), Some("W/\"1\""));
    assert!(answer.header("last-modified").unwrap().ends_with(" GMT"));
    let anna = json(&answer);
    assert_eq!(anna["meta"]["versionId"], "1");
    assert_eq!(anna["name"][0]["family"], "Smith");
    let head = ward.with("HEAD", "/Patient/anna", &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(
        head.header("content-length"),
        Some(answer.body.len().to_string().as_str())
    );
}

#[tokio::test]
async fn every_read_is_in_the_log_304_and_head_included() {
    let ward = ward().await;
    let held = ["If-None-Match: W/\"1\""];
    for (method, lines, status) in [
        ("GET", &[][..], 200),
        ("GET", &held[..], 304),
        ("HEAD", &[][..], 200),
    ] {
        let before = ward.server.world.disclosures("WRD01", "anna").await.len();
        let answer = ward.with(method, "/Patient/anna", lines, "").await;
        assert_eq!(answer.status, status);
        assert!(status != 304 || (answer.body.is_empty() && answer.header("etag").is_some()));
        let after = ward.server.world.disclosures("WRD01", "anna").await.len();
        assert_eq!(after, before + 1, "{method} {status}");
    }
    let later = ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"];
    assert_eq!(
        ward.with("GET", "/Patient/anna", &later, "").await.status,
        304
    );
    for stale in [
        "If-None-Match: W/\"7\"",
        "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
        "If-Modified-Since: whenever",
    ] {
        assert_eq!(
            ward.with("GET", "/Patient/anna", &[stale], "").await.status,
            200,
            "{stale}"
        );
    }
}

#[tokio::test]
async fn a_life_from_creation_to_deletion() {
    let ward = ward().await;
    let created = ward.post("/Patient", NEW).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.header("etag"), Some("W/\"1\""));
    let id = json(&created)["id"].as_str().unwrap().to_owned();
    let place = format!("https://localhost:8443{BASE}/Patient/{id}/_history/1");
    assert_eq!(created.header("location"), Some(place.as_str()));

    let path = format!("/Patient/{id}");
    let changed = format!(r#"{{"resourceType":"Patient","id":"{id}","active":false}}"#);
    let stale = [FHIR, "If-Match: W/\"9\""];
    assert_refused(&ward.with("PUT", &path, &stale, &changed).await, 412);
    let updated = ward
        .with("PUT", &path, &[FHIR, "If-Match: W/\"1\""], &changed)
        .await;
    assert_eq!(
        (updated.status, updated.header("etag")),
        (200, Some("W/\"2\""))
    );

    let first = ward.get(&format!("{path}/_history/1")).await;
    assert_eq!(json(&first)["name"][0]["family"], "Neu");
    for unknown in ["3", "0", "01", "x", "99999999999999999999"] {
        assert_refused(&ward.get(&format!("{path}/_history/{unknown}")).await, 404);
    }

    let deleted = ward.with("DELETE", &path, &[], "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_refused(&ward.get(&path).await, 410);

    let history = json(&ward.get(&format!("{path}/_history")).await);
    assert_eq!(
        (&history["type"], &history["total"]),
        (&"history".into(), &3.into())
    );
    let methods: Vec<_> = history["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["request"]["method"].as_str().unwrap(),
                entry["resource"].is_object(),
            )
        })
        .collect();
    assert_eq!(methods, [("DELETE", false), ("PUT", true), ("POST", true)]);
}

#[tokio::test]
async fn an_update_may_create_under_an_id_of_the_callers() {
    let ward = ward().await;
    let body = r#"{"resourceType":"Patient","id":"mine-1"}"#;
    let created = ward.put("/Patient/mine-1", body).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert!(
        created
            .header("location")
            .unwrap()
            .ends_with("/Patient/mine-1/_history/1")
    );
}

#[tokio::test]
async fn a_writer_gets_back_what_it_prefers() {
    let ward = ward().await;
    let prefer = |what: &str| format!("Prefer: return={what}");
    let minimal = ward
        .with("POST", "/Patient", &[FHIR, &prefer("minimal")], NEW)
        .await;
    assert_eq!((minimal.status, minimal.body.as_str()), (201, ""));
    let outcome = ward
        .with(
            "POST",
            "/Patient",
            &[FHIR, &prefer("OperationOutcome")],
            NEW,
        )
        .await;
    assert_eq!(json(&outcome)["resourceType"], "OperationOutcome");
    let whole = ward
        .with("POST", "/Patient", &[FHIR, &prefer("representation")], NEW)
        .await;
    assert_eq!(json(&whole)["meta"]["versionId"], "1");
}

#[tokio::test]
async fn a_conditional_create_creates_once() {
    let ward = ward().await;
    let body = r#"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"7"}]}"#;
    let condition = "If-None-Exist: identifier=urn:x%7C7";
    let first = ward
        .with("POST", "/Patient", &[FHIR, condition], body)
        .await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = ward
        .with("POST", "/Patient", &[FHIR, condition], body)
        .await;
    assert_eq!(again.status, 200);
    assert_eq!(json(&again)["id"], json(&first)["id"]);
    ward.post("/Patient", body).await;
    assert_refused(
        &ward
            .with("POST", "/Patient", &[FHIR, condition], body)
            .await,
        412,
    );
    let malformed = "If-None-Exist: nonsense=1";
    assert_refused(
        &ward
            .with("POST", "/Patient", &[FHIR, malformed], body)
            .await,
        400,
    );
}

#[tokio::test]
async fn only_json_is_spoken() {
    let ward = ward().await;
    for accept in [
        "application/fhir+xml",
        "text/html",
        "application/fhir+json; fhirVersion=3.0",
    ] {
        let line = format!("Accept: {accept}");
        assert_refused(&ward.with("GET", "/Patient/anna", &[&line], "").await, 406);
    }
    for accept in [
        "*/*",
        "application/json",
        "application/fhir+xml, application/fhir+json;q=0.5",
    ] {
        let line = format!("Accept: {accept}");
        assert_eq!(
            ward.with("GET", "/Patient/anna", &[&line], "").await.status,
            200,
            "{accept}"
        );
    }
    assert_eq!(ward.get("/Patient/anna?_format=json").await.status, 200);
    assert_eq!(
        ward.get("/Patient/anna?_format=application/fhir+json")
            .await
            .status,
        200
    );
    assert_refused(&ward.get("/Patient/anna?_format=xml").await, 406);
    for media_type in [
        "application/fhir+xml",
        "text/plain",
        "application/json; charset=latin1",
    ] {
        let line = format!("Content-Type: {media_type}");
        assert_refused(&ward.with("POST", "/Patient", &[&line], NEW).await, 415);
    }
    assert_refused(&ward.with("POST", "/Patient", &[], NEW).await, 415);
    assert_eq!(ward.get("/Patient/anna?_summary=true").await.status, 400);
    assert_eq!(ward.put("/Patient/anna", ANNA).await.status, 200);
}
