//! Bundles that no server should take.

use crate::fixture::{FHIR, assert_refused, ward};

fn bundle(entries: &str) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entries}]}}"#)
}

#[tokio::test]
async fn a_bundle_of_a_hundred_thousand_entries_is_refused_whole() {
    let ward = ward().await;
    let before = ward.patients().await;
    let entry =
        r#"{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}"#;
    let entries = vec![entry; 100_000].join(",");
    let answer = ward.post("", &bundle(&entries)).await;
    assert!(matches!(answer.status, 400 | 413 | 422), "{}", answer.head);
    assert_refused(&answer, answer.status);
    assert_eq!(ward.patients().await, before);
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused_before_it_is_read() {
    let ward = ward().await;
    let huge = "x".repeat(100 * 1024 * 1024);
    for path in ["", "/Patient"] {
        assert_refused(&ward.post(path, &huge).await, 413);
    }
    let announced = [FHIR, "Content-Length: 104857600"];
    assert_refused(&ward.with("POST", "", &announced, "").await, 413);
    assert_eq!(ward.get("/Patient/anna").await.status, 200);
}

#[tokio::test]
async fn bundles_that_are_none_are_refused() {
    let ward = ward().await;
    let before = ward.patients().await;
    let fine =
        r#"{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}"#;
    let with = |second: &str| bundle(&format!("{fine},{second}"));
    for bad in [
        r#"{"resourceType":"Patient"}"#.to_owned(),
        r#"{"resourceType":"Bundle","type":"searchset"}"#.to_owned(),
        r#"{"resourceType":"Bundle"}"#.to_owned(),
        with("{}"),
        with("7"),
        with(r#"{"request":{"method":"BREW","url":"Patient"}}"#),
        with(r#"{"request":{"method":"GET","url":"../../etc/passwd"}}"#),
        with(r#"{"request":{"method":"GET","url":"https://evil.test/Patient/1"}}"#),
        with(r#"{"request":{"method":"POST","url":"Patient"}}"#),
        with(r#"{"resource":{"resourceType":"Flag"},"request":{"method":"POST","url":"Patient"}}"#),
        with(
            r#"{"resource":{"resourceType":"Patient","id":"x"},"request":{"method":"PUT","url":"Patient/y"}}"#,
        ),
        with(r#"{"request":{"method":"GET","url":"Patient/anna/_history/x"}}"#),
    ] {
        let answer = ward.post("", &bad).await;
        assert!(
            matches!(answer.status, 400 | 404 | 422),
            "{bad}: {}",
            answer.status
        );
        assert_refused(&answer, answer.status);
        assert_eq!(ward.patients().await, before, "{bad}");
    }
}
