//! Apps that people use: what works, and what their scopes leave.

use std::time::Duration;

use ward_identity::{Begun, Caller, Error, Lacking};
use ward_testkit::{ORIGIN, challenge};

use crate::{
    fixture::json,
    launch::{assert_error, code_in, launched, launched_as, observation, tokens},
};

#[tokio::test]
async fn an_app_reads_with_the_token_that_its_person_allowed() {
    let ward = launched().await;
    let url = ward
        .allowed(&ward.request("launch/patient patient/Patient.rs patient/Observation.rs openid"))
        .await;
    assert!(
        url.starts_with("https://app.example/callback?code="),
        "{url}"
    );
    assert!(
        url.contains("&state=s%261&iss=https%3A%2F%2Flocalhost%3A8443"),
        "{url}"
    );
    let tokens = tokens(&ward.exchange(&code_in(&url)).await);
    let answer = &tokens.answer;
    assert_eq!(
        (&answer["token_type"], &answer["patient"], &answer["scope"]),
        (
            &"DPoP".into(),
            &"anna".into(),
            &"launch/patient patient/Patient.rs patient/Observation.rs".into()
        )
    );
    assert!(answer["expires_in"].as_u64().unwrap() <= 300);
    assert!(answer.get("refresh_token").is_none());
    assert_eq!(ward.status("Patient/anna", &tokens.access).await, 200);
    let found = ward
        .app
        .get(&ward.server, "/fhir/WRD01/Observation", &tokens.access)
        .await;
    let found = json(&found);
    let ids: Vec<_> = found["entry"].as_array().unwrap().iter().collect();
    assert_eq!(ids.len(), 2, "Anna's, and not Bob's");
}

#[tokio::test]
async fn a_confidential_app_pushes_its_request_and_authenticates_with_its_key() {
    let ward = launched_as(true).await;
    let direct = ward.authorize(&ward.request("user/Patient.r")).await;
    assert_eq!(direct.status, 400);
    assert!(direct.header("location").is_none());
    let request = ward.request("user/Patient.r");
    let fields: Vec<_> = request.iter().map(|(n, v)| (&**n, &**v)).collect();
    let pushed = ward.app.post(&ward.server, "/oauth/par", &fields).await;
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    assert_eq!(json(&pushed)["expires_in"], 60);
    let uri = json(&pushed)["request_uri"].as_str().unwrap().to_owned();
    let by_name = [
        ("client_id".to_owned(), ward.app.id.to_string()),
        ("request_uri".to_owned(), uri),
    ];
    let code = code_in(&ward.allowed(&by_name).await);
    assert_eq!(
        tokens(&ward.exchange(&code).await).answer["scope"],
        "user/Patient.r"
    );
    assert_eq!(
        ward.authorize(&by_name).await.status,
        400,
        "a pushed request works once"
    );
}

/// What an app asks of its person's proof is looked at when it is pushed, and kept (RFC 9470 5).
#[tokio::test]
async fn a_pushed_request_asks_for_a_proof_or_is_refused_at_once() {
    let ward = launched_as(true).await;
    for (more, error) in [
        (("acr_values", "aal1"), "unmet_authentication_requirements"),
        (("prompt", "none"), "interaction_required"),
        (("max_age", "soon"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
    ] {
        let mut request = ward.request("user/Patient.r");
        request.retain(|(name, _)| name != more.0);
        request.push((more.0.to_owned(), more.1.to_owned()));
        let fields: Vec<_> = request.iter().map(|(n, v)| (&**n, &**v)).collect();
        let refused = ward.app.post(&ward.server, "/oauth/par", &fields).await;
        assert_error(&refused, error);
    }
    let mut request = ward.request("user/Patient.r");
    request.push(("prompt".to_owned(), "login".to_owned()));
    let fields: Vec<_> = request.iter().map(|(n, v)| (&**n, &**v)).collect();
    let pushed = ward.app.post(&ward.server, "/oauth/par", &fields).await;
    let uri = json(&pushed)["request_uri"].as_str().unwrap().to_owned();
    ward.server.world.clock.advance(Duration::from_secs(1));
    let by_name = [
        ("client_id".to_owned(), ward.app.id.to_string()),
        ("request_uri".to_owned(), uri),
    ];
    let identity = &ward.server.world.identity;
    let base = |ods: &ward_core::Ods| format!("{ORIGIN}/fhir/{ods}");
    let Ok(Begun::Ask(asked)) = identity.begin_authorization(&by_name, &base) else {
        panic!("the request was refused")
    };
    let assured = ward.server.world.assured(&ward.person);
    let wanted = identity.consent(&assured, &asked).unwrap().lacking;
    assert_eq!(wanted, Some(Lacking::Fresh));
    let caller = Caller::default();
    let allowed = identity.allow_app(&assured, &asked, &caller).await;
    assert!(matches!(allowed, Err(Error::FreshProof)));
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_and_the_old_one_is_spent() {
    let ward = launched().await;
    let first = ward.tokens("user/Patient.rs online_access").await;
    let second = tokens(&ward.refresh(&first.refresh).await);
    assert_ne!(
        (&first.access, &first.refresh),
        (&second.access, &second.refresh)
    );
    assert_eq!(ward.status("Patient/anna", &second.access).await, 200);
}

#[tokio::test]
async fn offline_access_outlives_the_session_and_ends_all_the_same() {
    let ward = launched().await;
    let tokens_of = ward.tokens("user/Patient.rs offline_access").await;
    let online = ward.tokens("user/Patient.rs online_access").await;
    ward.server.world.clock.advance(Duration::from_mins(16));
    assert_error(&ward.refresh(&online.refresh).await, "invalid_grant");
    let next = tokens(&ward.refresh(&tokens_of.refresh).await);
    assert_eq!(ward.status("Patient/anna", &next.access).await, 200);
    ward.server.world.clock.advance(Duration::from_hours(12));
    assert_error(&ward.refresh(&next.refresh).await, "invalid_grant");
}

/// What an app may do is what its person may, and of that what its scopes allow.
#[tokio::test]
async fn scopes_limit_what_an_app_does_for_its_person() {
    let ward = launched().await;
    for (scope, path, allowed) in [
        ("patient/Patient.r", "Patient/anna", true),
        ("patient/Patient.r", "Patient/bob", false),
        ("patient/Patient.r", "Observation/pulse", false),
        ("patient/Patient.s", "Patient/anna", false),
        ("patient/Observation.r", "Observation/pulse", true),
        ("patient/Observation.r", "Observation/pulse-bob", false),
        ("patient/*.r", "Observation/pulse-bob", false),
        ("user/Patient.r", "Patient/bob", true),
        ("user/*.r", "Observation/pulse-bob", true),
        (
            "patient/Observation.r?category=vital-signs",
            "Observation/pulse",
            true,
        ),
        (
            "patient/Observation.r?category=vital-signs",
            "Observation/blood",
            false,
        ),
        (
            "patient/Observation.r?category=vital-signs",
            "Observation/blood/_history/1",
            false,
        ),
        (
            "patient/Observation.r?category=vital-signs",
            "Observation/pulse/_history",
            true,
        ),
        (
            "patient/Observation.r?category=vital-signs",
            "Observation/pulse-bob",
            false,
        ),
        ("patient/Observation.r?_count=5", "Observation/pulse", false),
        (
            "patient/Observation.r?nothing=known",
            "Observation/pulse",
            false,
        ),
    ] {
        let token = ward.tokens(scope).await.access;
        let status = ward.status(path, &token).await;
        assert_eq!(status == 200, allowed, "{scope} {path} {status}");
        assert!(
            allowed || matches!(status, 403 | 404),
            "{scope} {path} {status}"
        );
    }
}

#[tokio::test]
async fn a_search_finds_what_a_condition_lets_through() {
    let ward = launched().await;
    for (scope, path, found) in [
        (
            "patient/Observation.s?category=vital-signs",
            "Observation",
            1,
        ),
        (
            "patient/Observation.s?category=vital-signs",
            "Observation?category=laboratory",
            0,
        ),
        (
            "patient/Observation.s?category=vital-signs",
            "Observation?_count=0&_total=accurate",
            1,
        ),
        ("patient/Observation.s", "Observation?patient=bob", 0),
        ("user/Observation.s?category=vital-signs", "Observation", 2),
        ("user/Observation.s", "Observation?patient=bob", 1),
        (
            "patient/Observation.s",
            "Observation?_include=Observation:patient",
            2,
        ),
    ] {
        let token = ward.tokens(scope).await.access;
        let target = format!("/fhir/WRD01/{path}");
        let answer = json(&ward.app.get(&ward.server, &target, &token).await);
        let entries = answer["entry"].as_array().map_or(0, Vec::len) as u64;
        let counted = answer["total"].as_u64().unwrap_or(entries);
        let seen = if path.contains("_count=0") {
            counted
        } else {
            entries
        };
        assert_eq!(seen, found, "{scope} {path} {answer}");
    }
}

#[tokio::test]
async fn an_app_writes_what_its_scope_and_its_person_allow() {
    let ward = launched().await;
    let scope = "patient/Observation.cud?category=vital-signs";
    let token = ward.tokens(scope).await.access;
    for (method, id, body, allowed) in [
        (
            "PUT",
            "new",
            observation("new", "anna", "vital-signs"),
            true,
        ),
        (
            "PUT",
            "other",
            observation("other", "anna", "laboratory"),
            false,
        ),
        (
            "PUT",
            "pulse",
            observation("pulse", "anna", "laboratory"),
            false,
        ),
        (
            "PUT",
            "blood",
            observation("blood", "anna", "vital-signs"),
            false,
        ),
        (
            "PUT",
            "bobs",
            observation("bobs", "bob", "vital-signs"),
            false,
        ),
        ("DELETE", "blood", String::new(), false),
        ("DELETE", "pulse-bob", String::new(), false),
        ("DELETE", "new", String::new(), true),
    ] {
        let target = format!("/fhir/WRD01/Observation/{id}");
        let answer = ward
            .app
            .ask(&ward.server, method, &target, &token, &body)
            .await;
        let done = (200..300).contains(&answer.status);
        assert_eq!(
            done, allowed,
            "{method} {id} {} {}",
            answer.status, answer.body
        );
    }
    let reads_all = ward.tokens("patient/Observation.r").await.access;
    for id in ["blood", "pulse"] {
        assert_eq!(
            ward.status(&format!("Observation/{id}"), &reads_all).await,
            200
        );
    }
}

#[tokio::test]
async fn a_token_is_known_to_its_own_organisation_alone_and_its_end_is_the_end() {
    let ward = launched().await;
    let own = ward
        .server
        .world
        .app("WRD01", "asks", "user/Patient.r", true)
        .await;
    let other = ward
        .server
        .world
        .app("WRD02", "spies", "user/Patient.r", true)
        .await;
    let given = ward.tokens("patient/Patient.r offline_access").await;
    let fields = [("token", given.access.as_str())];
    let known = json(&own.post(&ward.server, "/oauth/introspect", &fields).await);
    assert_eq!(
        (&known["active"], &known["patient"]),
        (&true.into(), &"anna".into())
    );
    let proved = ward.server.world.assured(&ward.person).proved_at();
    assert_eq!(
        (&known["acr"], &known["auth_time"]),
        (&"phr".into(), &proved.as_seconds().into())
    );
    assert!(known["cnf"]["jkt"].is_string());
    let elsewhere = other.post(&ward.server, "/oauth/introspect", &fields).await;
    assert_eq!(elsewhere.body, r#"{"active":false}"#);
    let nobody = ward
        .app
        .post(&ward.server, "/oauth/introspect", &fields)
        .await;
    assert_error(&nobody, "invalid_request");

    for (app, still) in [(&other, 200), (&own, 200), (&ward.app, 401)] {
        let fields = [("token", given.refresh.as_str())];
        let answer = app.post(&ward.server, "/oauth/revoke", &fields).await;
        assert_eq!(answer.status, 200);
        assert_eq!(ward.status("Patient/anna", &given.access).await, still);
    }
    let gone = own.post(&ward.server, "/oauth/introspect", &fields).await;
    assert_eq!(gone.body, r#"{"active":false}"#);
    assert_error(&ward.refresh(&given.refresh).await, "invalid_grant");
}

#[tokio::test]
async fn what_is_said_of_the_server_is_so() {
    let ward = launched().await;
    let show = async |path: &str| json(&ward.server.wire.send("GET", path, &[], b"").await);
    let document = show("/.well-known/oauth-authorization-server").await;
    assert_eq!(document["issuer"], ORIGIN);
    let smart = show("/fhir/WRD01/.well-known/smart-configuration").await;
    for document in [&document, &smart] {
        assert_eq!(document["acr_values_supported"], serde_json::json!(["phr"]));
        assert_eq!(
            document["code_challenge_methods_supported"],
            serde_json::json!(["S256"])
        );
        assert_eq!(
            document["authorization_endpoint"],
            format!("{ORIGIN}/oauth/authorize")
        );
    }
    assert_eq!(
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

/// Clients end a base with a slash: in `aud`, and where they send a batch. Nothing else may.
#[tokio::test]
async fn a_base_may_end_with_a_slash_and_no_other_path() {
    let ward = launched().await;
    let mut request = ward.request("patient/*.rs");
    for (name, value) in &mut request {
        if name == "aud" {
            value.push('/');
        }
    }
    let code = code_in(&ward.allowed(&request).await);
    let token = tokens(&ward.exchange(&code).await).access;
    let batch = r#"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET",
        "url":"Patient/anna"}}]}"#;
    for (method, path, status) in [
        ("POST", "/fhir/WRD01", 200),
        ("POST", "/fhir/WRD01/", 200),
        ("POST", "/fhir/WRD01//", 400),
        ("POST", "/fhir/", 400),
        ("POST", "/fhir/WRD02/", 404),
        ("GET", "/fhir/WRD01/Patient/", 400),
        ("GET", "/fhir/WRD01/Patient/anna/", 400),
        ("GET", "/fhir/WRD01/metadata/", 400),
        ("POST", "/oauth/token/", 400),
    ] {
        let answer = ward
            .app
            .ask(&ward.server, method, path, &token, batch)
            .await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.body);
    }
}

#[tokio::test]
async fn pages_of_approved_apps_alone_ask_from_a_browser() {
    let ward = launched().await;
    let preflight = "Access-Control-Request-Method: GET";
    for (origin, allowed) in [
        ("https://app.example", true),
        ("http://127.0.0.1:3000", true),
        ("https://evil.example", false),
        ("https://app.example.evil.example", false),
        ("http://localhost:3000", false),
        ("null", false),
    ] {
        let line = format!("Origin: {origin}");
        for (method, path, open) in [
            ("OPTIONS", "/fhir/WRD01/Patient/anna", true),
            ("GET", "/fhir/WRD01/metadata", true),
            ("GET", "/fhir/WRD01/Patient/anna", true),
            ("OPTIONS", "/oauth/token", true),
            ("OPTIONS", "/oauth/introspect", false),
            ("OPTIONS", "/oauth/par", false),
            ("GET", "/oauth/authorize", false),
        ] {
            let answer = ward
                .server
                .wire
                .send(method, path, &[&line, preflight], b"")
                .await;
            let told = answer.header("access-control-allow-origin");
            assert_eq!(
                told,
                (allowed && open).then_some(origin),
                "{origin} {method} {path}"
            );
            assert!(answer.header("access-control-allow-credentials").is_none());
            assert!(open == (answer.header("vary") == Some("Origin")), "{path}");
        }
    }
}
