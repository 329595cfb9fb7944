//! Proofs that prove nothing.

use std::time::Duration;

use ward_core::Clock;
use ward_testkit::{ORIGIN, Raw};

use crate::fixture::{BASE, Ward, assert_refused, ward};

async fn with_proof(ward: &Ward, token: &str, proof: &str) -> Raw {
    let lines = [
        format!("Authorization: DPoP {token}"),
        format!("DPoP: {proof}"),
    ];
    let lines = lines.each_ref().map(String::as_str);
    ward.server
        .wire
        .send("GET", &format!("{BASE}/Patient/anna"), &lines, b"")
        .await
}

#[track_caller]
fn assert_challenged(raw: &Raw, error: &str) {
    assert_refused(raw, 401);
    let challenge = raw.header("www-authenticate").unwrap();
    assert!(
        challenge.contains(&format!("error=\"{error}\"")),
        "{challenge}"
    );
    assert!(
        challenge.starts_with("DPoP ") && challenge.contains("algs="),
        "{challenge}"
    );
}

#[tokio::test]
async fn a_proof_works_once() {
    let ward = ward().await;
    let url = format!("{ORIGIN}{BASE}/Patient/anna");
    let (world, token) = (&ward.server.world, ward.program.token());
    let proof = world.proof(&ward.program, "GET", &url);
    assert_eq!(with_proof(&ward, token, &proof).await.status, 200);
    assert_challenged(
        &with_proof(&ward, token, &proof).await,
        "invalid_dpop_proof",
    );

    let proof = world.proof(&ward.program, "GET", &url);
    let tries = (0..20).map(|_| with_proof(&ward, token, &proof));
    let mut let_in = 0;
    for answer in tries {
        let_in += u32::from(answer.await.status == 200);
    }
    assert_eq!(let_in, 1);
}

#[tokio::test]
async fn a_proof_is_of_one_request() {
    let ward = ward().await;
    let (world, program) = (&ward.server.world, &ward.program);
    let path = format!("{BASE}/Patient/anna");
    for (method, url) in [
        ("POST", format!("{ORIGIN}{path}")),
        ("HEAD", format!("{ORIGIN}{path}")),
        ("GET", format!("{ORIGIN}{BASE}/Patient/bob")),
        ("GET", format!("https://evil.test{path}")),
        ("GET", format!("http://localhost:8443{path}")),
        ("GET", path.clone()),
    ] {
        let proof = world.proof(program, method, &url);
        let answer = with_proof(&ward, program.token(), &proof).await;
        assert_challenged(&answer, "invalid_dpop_proof");
    }
}

#[tokio::test]
async fn old_early_and_foreign_proofs_are_refused() {
    let ward = ward().await;
    let url = format!("{ORIGIN}{BASE}/Patient/anna");
    let (now, token) = (ward.server.world.clock.now(), ward.program.token());
    let client = ward.program.client();
    for (number, time) in [now - Duration::from_mins(5), now + Duration::from_mins(5)]
        .into_iter()
        .enumerate()
    {
        let proof = client
            .proof("GET", &url, time, &format!("t-{number}"), Some(token))
            .unwrap();
        assert_challenged(
            &with_proof(&ward, token, &proof).await,
            "invalid_dpop_proof",
        );
    }
    // Of the right key, but of no token.
    let proof = client.proof("GET", &url, now, "n-1", None).unwrap();
    assert_challenged(
        &with_proof(&ward, token, &proof).await,
        "invalid_dpop_proof",
    );
    // Of another key.
    let other = ward
        .other
        .client()
        .proof("GET", &url, now, "o-1", Some(token))
        .unwrap();
    assert_challenged(
        &with_proof(&ward, token, &other).await,
        "invalid_dpop_proof",
    );
    for garbage in ["x", "a.b.c", "", "..", "eyJhbGciOiJub25lIn0.e30."] {
        assert_refused(&with_proof(&ward, token, garbage).await, 401);
    }
}

#[tokio::test]
async fn a_token_ends() {
    let ward = ward().await;
    assert_eq!(ward.get("/Patient/anna").await.status, 200);
    ward.server.world.clock.advance(Duration::from_mins(6));
    assert_challenged(&ward.get("/Patient/anna").await, "invalid_token");
}

#[tokio::test]
async fn a_token_of_another_organisation_opens_nothing() {
    let ward = ward().await;
    for (method, path) in [
        ("GET", "/Patient/anna"),
        ("GET", "/Patient?name=smith"),
        ("GET", "/Patient/anna/_history"),
        ("DELETE", "/Patient/anna"),
    ] {
        let target = format!("{BASE}{path}");
        let answer = ward
            .server
            .ask(&ward.other, method, &target, &[], b"")
            .await;
        assert!(
            matches!(answer.status, 403 | 404),
            "{method} {path} {}",
            answer.status
        );
        assert_refused(&answer, answer.status);
    }
    let unknown = ward
        .server
        .ask(&ward.other, "GET", "/fhir/NONE9/Patient/anna", &[], b"")
        .await;
    assert_refused(&unknown, 404);
    // Another spelling of an organisation's code is no name of it.
    let spelled = ward
        .server
        .ask(&ward.program, "GET", "/fhir/wrd01/Patient/anna", &[], b"")
        .await;
    assert_refused(&spelled, 404);
    assert_eq!(ward.get("/Patient/anna").await.status, 200);
}

#[tokio::test]
async fn a_session_of_a_person_is_no_key_to_the_api() {
    let ward = ward().await;
    let world = &ward.server.world;
    let person = world
        .person("WRD01", "dr.who", ward_identity::Role::Clinician, "who")
        .await;
    let cookie = format!("Cookie: __Host-ward={}", person.token);
    let target = format!("{BASE}/Patient/anna");
    assert_refused(
        &ward.server.wire.send("GET", &target, &[&cookie], b"").await,
        401,
    );
    let bearer = format!("Authorization: DPoP {}", person.token);
    assert_refused(
        &ward
            .server
            .wire
            .send("GET", &target, &[&bearer, "DPoP: x"], b"")
            .await,
        401,
    );
}
