//! Bad input at each step of each ceremony: huge, broken, out of order, out of time.

use std::time::Duration;

use ward_core::{Clock, limits};
use ward_http::{Guard, Method};
use ward_identity::Role;
use ward_testkit::{
    Browser, ORIGIN, PASSWORD, Server, ServiceClient, ceremony, form, link, session_set_by,
};

use crate::fixture::{ANNA, FORM, Ward, assert_tells_nothing, declared, empty, json, path, ward};

const JSON: &str = "Content-Type: application/json";
const FHIR: &str = "Content-Type: application/fhir+json";
const SAME: &str = "Sec-Fetch-Site: same-origin";
const START: &str = "/sign-in/passkey/start";
const FINISH: &str = "/sign-in/passkey/finish";

/// Bodies that no step asks for, each with its kind.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let pairs = vec!["a=b"; 300].join("&");
    let huge = |name: &str| format!("{name}={}", "9".repeat(60_000)).into_bytes();
    vec![
        ("nothing", FORM, vec![]),
        ("too many fields", FORM, pairs.into_bytes()),
        ("a huge name", FORM, huge("name")),
        ("a huge password", FORM, huge("password")),
        ("a huge code", FORM, huge("code")),
        ("a huge ceremony", FORM, huge("ceremony")),
        ("a huge assertion", FORM, huge("client_assertion")),
        ("a body beyond the limit", FORM, vec![b'a'; 70_000]),
        ("not UTF-8", FORM, b"name=\xff\xfe&password=%ff".to_vec()),
        (
            "a NUL",
            FORM,
            b"name=a%00b&password=a%00b&code=0%00".to_vec(),
        ),
        (
            "half an escape",
            FORM,
            b"name=%&password=%4&code=%zz".to_vec(),
        ),
        ("no text", JSON, b"\xff\xfe\x00{".to_vec()),
        ("nothing", JSON, vec![]),
        ("null", JSON, b"null".to_vec()),
        ("an array", JSON, b"[[[]]]".to_vec()),
        ("deep", JSON, "[".repeat(60_000).into_bytes()),
        (
            "a field twice",
            JSON,
            br#"{"ceremony":"a","ceremony":"b","credential":{}}"#.to_vec(),
        ),
        (
            "a field of another kind",
            JSON,
            br#"{"ceremony":1,"credential":"x"}"#.to_vec(),
        ),
        (
            "a field too many",
            JSON,
            br#"{"ceremony":"a","credential":{},"admin":true}"#.to_vec(),
        ),
        ("a form as JSON", JSON, b"name=a&password=b&code=c".to_vec()),
        (
            "JSON as a form",
            FORM,
            br#"{"ceremony":"a","credential":{}}"#.to_vec(),
        ),
        ("FHIR", FHIR, br#"{"resourceType":"Patient"}"#.to_vec()),
        (
            "a file",
            "Content-Type: multipart/form-data; boundary=x",
            b"--x--".to_vec(),
        ),
        ("no kind", "Content-Type: ", b"name=a".to_vec()),
        (
            "two kinds",
            "Content-Type: application/json, text/html",
            b"{}".to_vec(),
        ),
    ]
}

#[tokio::test]
async fn no_bad_body_signs_anyone_in_or_breaks_anything() {
    let server = empty().await;
    let mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let (cookie, token) = (
        format!("Cookie: __Host-ward={}", mary.cookie),
        format!("X-Form-Token: {}", mary.form_token()),
    );
    let link = link(&server, "new", Role::Clinician).await;
    let posts: Vec<_> = declared(&server)
        .into_iter()
        .filter(|route| route.method == Method::POST && !route.pattern.starts_with("/sign-out"))
        .collect();
    for route in posts {
        let path = path(&route.pattern.replace("{token}", link.token.expose()));
        let is_public = matches!(route.guard, Guard::Public { .. });
        // The limits on attempts are a test of their own.
        server.world.clock.advance(Duration::from_secs(20));
        mary.server
            .world
            .identity
            .authenticate(&mary.cookie, None)
            .unwrap();
        for (what, kind, body) in bodies() {
            let lines = [SAME, kind, &cookie, &token];
            let lines = if is_public { &lines[..2] } else { &lines };
            let answer = server.wire.send("POST", &path, lines, &body).await;
            let what = format!("{route:?} {what}");
            let begins = ["/start", "/stay", "/seen"]
                .iter()
                .any(|end| path.ends_with(end));
            let is_told = (300..500).contains(&answer.status) || begins && answer.status == 200;
            // What has no fields does what it does, whatever else is sent.
            assert!(
                is_told || answer.status == 200 && !is_public,
                "{what}: {}",
                answer.head
            );
            assert_tells_nothing(&answer, &what);
            assert!(!answer.body.contains("panicked"), "{what}");
        }
    }
    assert!(
        server
            .world
            .identity
            .enrolment(link.token.expose())
            .is_some()
    );
}

/// Each step again, before its turn, after its time, of another ceremony.
#[tokio::test]
async fn steps_of_a_sign_in_work_in_their_order_once_and_in_time() {
    let server = empty().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    mary.cookie.clear();
    let started = mary.json(START, "", "{}").await;
    let answer = mary.answer(&started, "").await;
    let other = mary.json(START, "", "{}").await;
    let ((id, _), (other, _)) = (ceremony(&started), ceremony(&other));
    let crossed = mary.json(FINISH, "", &answer.replace(&id, &other)).await;
    assert_eq!(
        (crossed.status, session_set_by(&crossed)),
        (401, None),
        "another challenge"
    );
    let crossed = mary.json(FINISH, "", &answer.replace(&id, &other)).await;
    assert_eq!(crossed.status, 400, "which was used up by it");
    let right = mary.json(FINISH, "", &answer).await;
    assert_eq!(
        (right.status, right.body.as_str()),
        (200, r#"{"next":"/"}"#)
    );
    mary.cookie.clear();
    let again = mary.json(FINISH, "", &answer).await;
    assert_eq!((again.status, session_set_by(&again)), (400, None), "again");
    let started = mary.json(START, "", "{}").await;
    let answer = mary.answer(&started, "").await;
    server.world.clock.advance(limits::CEREMONY);
    let late = mary.json(FINISH, "", &answer).await;
    assert_eq!(
        (late.status, session_set_by(&late)),
        (400, None),
        "too late"
    );
    // Bent: any byte of what was signed, and of the signature.
    for field in [
        "signature",
        "authenticatorData",
        "clientDataJSON",
        "userHandle",
        "rawId",
    ] {
        let started = mary.json(START, "", "{}").await;
        let answer = mary.answer(&started, "").await;
        let bent = bend(&answer, field);
        let refused = mary.json(FINISH, "", &bent).await;
        assert_eq!(session_set_by(&refused), None, "{field}");
        assert!(
            [400, 401].contains(&refused.status),
            "{field}: {}",
            refused.head
        );
    }
}

/// Changes a character in the middle of a field's value.
fn bend(answer: &str, field: &str) -> String {
    let start = answer.find(&format!("\"{field}\":\"")).unwrap() + field.len() + 4;
    let end = start + answer[start..].find('"').unwrap();
    let middle = start + (end - start) / 2;
    let other = if &answer[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    format!("{}{other}{}", &answer[..middle], &answer[middle + 1..])
}

/// Clocks that run ahead or behind, by as much as is allowed, and by more.
#[tokio::test]
async fn a_proof_is_taken_in_its_time_and_for_its_request_alone() {
    let ward = ward().await;
    let given = ward.tokens().await;
    let (clock, token) = (&ward.server.world.clock, Some(given.access.as_str()));
    let url = format!("{ORIGIN}{ANNA}");
    let (now, minute) = (clock.now(), limits::DPOP_AGE);
    let older = minute + Duration::from_secs(1);
    let url = url.as_str();
    let right = ("GET", url, now, token);
    let elsewhere = format!("{ORIGIN}/fhir/WRD01/Patient/bob");
    let evil = format!("https://evil.example{ANNA}");
    let plain = url.replace("https", "http");
    let cases = [
        ("as it should be", right, 200),
        ("a minute old", ("GET", url, now - minute, token), 200),
        ("older", ("GET", url, now - older, token), 401),
        ("a minute ahead", ("GET", url, now + minute, token), 200),
        ("further ahead", ("GET", url, now + older, token), 401),
        ("of another method", ("POST", url, now, token), 401),
        ("of another path", ("GET", &elsewhere, now, token), 401),
        ("of another host", ("GET", &evil, now, token), 401),
        ("of another scheme", ("GET", &plain, now, token), 401),
        ("of no token", ("GET", url, now, None), 401),
        ("of another token", ("GET", url, now, Some("another")), 401),
    ];
    let keys = &ward.app.keys;
    for (number, (what, (method, url, at, token), status)) in cases.into_iter().enumerate() {
        let proof = keys
            .proof(method, url, at, &format!("case-{number}"), token)
            .unwrap();
        let got = shown(&ward, &given.access, &proof).await;
        assert_eq!(got, status, "{what}");
        if status == 200 {
            assert_eq!(
                shown(&ward, &given.access, &proof).await,
                401,
                "{what}, again"
            );
        }
    }
}

/// Its key, its kind, its algorithm.
#[tokio::test]
async fn a_proof_is_whole_and_of_the_key_of_its_token() {
    let ward = ward().await;
    let given = ward.tokens().await;
    let (clock, token) = (&ward.server.world.clock, Some(given.access.as_str()));
    let (url, keys) = (format!("{ORIGIN}{ANNA}"), &ward.app.keys);
    let other = ServiceClient::new().unwrap();
    let proof = other
        .proof("GET", &url, clock.now(), "other", token)
        .unwrap();
    assert_eq!(
        shown(&ward, &given.access, &proof).await,
        401,
        "another key"
    );
    let good = keys.proof("GET", &url, clock.now(), "bent", token).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    for (what, proof) in [
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("alg none", format!("eyJhbGciOiJub25lIn0.{}.", parts[1])),
        ("twice", format!("{good},{good}")),
        ("huge", format!("{good}{}", "A".repeat(6_000))),
        ("empty", String::new()),
    ] {
        assert_eq!(shown(&ward, &given.access, &proof).await, 401, "{what}");
    }
    assert_eq!(
        shown(&ward, &given.access, &good).await,
        200,
        "bent tries cost nothing"
    );
}

async fn shown(ward: &Ward, token: &str, proof: &str) -> u16 {
    let lines = [
        format!("Authorization: DPoP {token}"),
        format!("DPoP: {proof}"),
    ];
    let lines = lines.each_ref().map(String::as_str);
    ward.server.wire.send("GET", ANNA, &lines, b"").await.status
}

/// The same for what a service signs to say who it is.
#[tokio::test]
async fn an_assertion_is_taken_in_its_time_and_once() {
    let ward = ward().await;
    let (clock, client) = (&ward.server.world.clock, ward.program.client());
    // What was made before the server started may have been used before it.
    clock.advance(Duration::from_mins(10));
    let (url, id) = (
        format!("{ORIGIN}/oauth/token"),
        ward.program.account.to_string(),
    );
    let second = Duration::from_secs(1);
    let cases = [
        ("as it should be", &url, clock.now(), true),
        (
            "ahead by the skew",
            &url,
            clock.now() + limits::CLOCK_SKEW,
            true,
        ),
        (
            "further ahead",
            &url,
            clock.now() + limits::CLOCK_SKEW + second,
            false,
        ),
        (
            "about to end",
            &url,
            clock.now() - limits::CLIENT_ASSERTION + second,
            true,
        ),
        ("ended", &url, clock.now() - limits::CLIENT_ASSERTION, false),
        (
            "for elsewhere",
            &"https://evil.example/oauth/token".to_owned(),
            clock.now(),
            false,
        ),
    ];
    let mut used = None;
    for (number, (what, audience, at, is_good)) in cases.into_iter().enumerate() {
        let name = format!("case-{number}");
        let assertion = client.assertion(&id, audience, at, &name).unwrap();
        let status = asserted(&ward, &assertion, &name).await;
        assert_eq!(status, if is_good { 200 } else { 400 }, "{what}");
        used = used.or(Some(assertion));
    }
    let again = asserted(&ward, &used.unwrap(), "again").await;
    assert_eq!(again, 400, "once");
    // Under the key of another service, as this one.
    let thief = ServiceClient::new().unwrap();
    let forged = thief.assertion(&id, &url, clock.now(), "forged").unwrap();
    assert_eq!(asserted(&ward, &forged, "forged").await, 400);
}

async fn asserted(ward: &Ward, assertion: &str, proof_id: &str) -> u16 {
    let (now, url) = (
        ward.server.world.clock.now(),
        format!("{ORIGIN}/oauth/token"),
    );
    let proof = ward
        .program
        .client()
        .proof("POST", &url, now, proof_id, None);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let body = form(&[
        ("grant_type", "client_credentials"),
        ("scope", "system/Patient.r"),
        ("client_assertion_type", kind),
        ("client_assertion", assertion),
    ]);
    let lines = [FORM, &format!("DPoP: {}", proof.unwrap())];
    let wire = &ward.server.wire;
    let answer = wire
        .send("POST", "/oauth/token", &lines, body.as_bytes())
        .await;
    assert!(answer.status != 200 || json(&answer)["token_type"] == "DPoP");
    answer.status
}

/// A code is good in its step and the one on each side of it; a clock that runs back revives none.
#[tokio::test]
async fn a_code_is_taken_near_its_time() {
    let server: Server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    let clock = &server.world.clock;
    let step = Duration::from_secs(30);
    clock.advance(limits::ATTEMPT_WINDOW);
    for (what, shown_at, status) in [
        ("two steps behind", clock.now() - step * 2, 401),
        ("two steps ahead", clock.now() + step * 2, 401),
        ("a step behind", clock.now() - step, 303),
        ("now", clock.now(), 303),
        ("a step ahead", clock.now() + step, 303),
        ("now, again", clock.now(), 401),
    ] {
        let now = clock.now();
        clock.set(shown_at);
        let code = mary.code();
        clock.set(now);
        mary.cookie.clear();
        let answer = mary.sign_in_typing("mary@WRD01", PASSWORD, &code).await;
        assert_eq!(answer.status, status, "{what}");
    }
    mary.cookie.clear();
    let code = {
        clock.advance(limits::ATTEMPT_WINDOW);
        mary.code()
    };
    assert_eq!(
        mary.sign_in_typing("mary@WRD01", PASSWORD, &code)
            .await
            .status,
        303
    );
    clock.set(clock.now() - Duration::from_hours(1));
    let earlier = mary.code();
    let mut back = Browser::new(&server, mary.account);
    let answer = back.sign_in_typing("mary@WRD01", PASSWORD, &earlier).await;
    assert_eq!(session_set_by(&answer), None, "a clock that ran back");
    clock.advance(Duration::from_hours(1) + limits::SESSION_IDLE);
    assert_eq!(
        mary.get("/account").await.status,
        303,
        "no longer life for it"
    );
}
