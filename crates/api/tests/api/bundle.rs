//! Transactions and batches.

use crate::fixture::{FHIR, assert_refused, json, ward};

const FAMILY: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111",
  "resource":{"resourceType":"Patient","name":[{"family":"Bundle"}]},
  "request":{"method":"POST","url":"Patient"}},
 {"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
   "subject":{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}},
  "request":{"method":"POST","url":"Observation"}}]}"#;

#[tokio::test]
async fn a_transaction_stores_all_and_resolves_references() {
    let ward = ward().await;
    let answer = ward.post("", FAMILY).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let bundle = json(&answer);
    assert_eq!(bundle["type"], "transaction-response");
    let entries = bundle["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        assert_eq!(entry["response"]["status"], "201");
        assert_eq!(entry["response"]["etag"], "W/\"1\"");
        assert!(entry["response"]["lastModified"].is_string());
    }
    let patient = entries[0]["resource"]["id"].as_str().unwrap();
    let reference = &entries[1]["resource"]["subject"]["reference"];
    assert_eq!(*reference, format!("Patient/{patient}"));
    let minimal = ward
        .with("POST", "", &[FHIR, "Prefer: return=minimal"], FAMILY)
        .await;
    assert!(json(&minimal)["entry"][0].get("resource").is_none());
}

#[tokio::test]
async fn a_transaction_with_one_wrong_entry_stores_nothing() {
    let ward = ward().await;
    let before = ward.patients().await;
    let wrong = FAMILY.replace(r#""status":"final""#, r#""status":"finished""#);
    let answer = ward.post("", &wrong).await;
    assert_refused(&answer, 422);
    let place = json(&answer)["issue"][0]["expression"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(place.starts_with("Bundle.entry[1].resource"), "{place}");
    assert_eq!(ward.patients().await, before);
}

#[tokio::test]
async fn a_batch_answers_each_entry_by_itself() {
    let ward = ward().await;
    let batch = r#"{"resourceType":"Bundle","type":"batch","entry":[
     {"request":{"method":"GET","url":"Patient/anna"}},
     {"request":{"method":"GET","url":"Patient/nobody"}},
     {"request":{"method":"GET","url":"Patient?name=smith"}},
     {"resource":{"resourceType":"Patient","gender":"x"},"request":{"method":"POST","url":"Patient"}},
     {"request":{"method":"DELETE","url":"Patient/bob"}}]}"#;
    let answer = ward.post("", batch).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let bundle = json(&answer);
    assert_eq!(bundle["type"], "batch-response");
    let entries = bundle["entry"].as_array().unwrap();
    let statuses: Vec<_> = entries
        .iter()
        .map(|entry| entry["response"]["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["200", "404", "200", "422", "204"]);
    assert_eq!(entries[0]["resource"]["id"], "anna");
    assert_eq!(
        entries[1]["response"]["outcome"]["resourceType"],
        "OperationOutcome"
    );
    assert_eq!(entries[2]["resource"]["entry"][0]["resource"]["id"], "anna");
    assert_refused(&ward.get("/Patient/bob").await, 410);
}
