//! Apps, codes and refresh tokens as a thief would use them.

use std::time::Duration;

use ward_identity::{Author, Role};
use ward_testkit::{REDIRECT, VERIFIER};

use crate::{
    fixture::json,
    launch::{assert_error, code_in, launched, tokens},
};

const SCOPE: &str = "patient/Patient.rs offline_access";

#[tokio::test]
async fn a_code_that_comes_again_ends_what_it_gave() {
    let ward = launched().await;
    let code = ward.code(SCOPE).await;
    let given = tokens(&ward.exchange(&code).await);
    assert_eq!(ward.status("Patient/anna", &given.access).await, 200);
    assert_error(&ward.exchange(&code).await, "invalid_grant");
    assert_eq!(ward.status("Patient/anna", &given.access).await, 401);
    assert_error(&ward.refresh(&given.refresh).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_works_with_all_that_belongs_to_it_and_after_a_wrong_try_no_more() {
    let ward = launched().await;
    let thief = ward
        .server
        .world
        .app("WRD01", "thief", "patient/*.rs", false)
        .await;
    let wrong_verifier = "x".repeat(43);
    for (app, redirect, verifier) in [
        (&thief, REDIRECT, VERIFIER),
        (&ward.app, "https://app.example/callback/", VERIFIER),
        (&ward.app, "http://127.0.0.1/app", VERIFIER),
        (&ward.app, REDIRECT, &*wrong_verifier),
        (&ward.app, REDIRECT, "short"),
    ] {
        let code = ward.code(SCOPE).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let answer = app.post(&ward.server, "/oauth/token", &fields).await;
        assert_error(&answer, "invalid_grant");
        assert_error(&ward.exchange(&code).await, "invalid_grant");
    }
    let code = ward.code(SCOPE).await;
    ward.server.world.clock.advance(Duration::from_secs(61));
    assert_error(&ward.exchange(&code).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_for_a_key_works_with_that_key() {
    let ward = launched().await;
    let mut request = ward.request(SCOPE);
    request.push(("dpop_jkt".to_owned(), "A".repeat(43)));
    let code = code_in(&ward.allowed(&request).await);
    assert_error(&ward.exchange(&code).await, "invalid_grant");
}

#[tokio::test]
async fn without_a_proof_there_is_no_token() {
    let ward = launched().await;
    let code = ward.code(SCOPE).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let bare = ward
        .app
        .post_with(&ward.server, "/oauth/token", &fields, None)
        .await;
    assert_error(&bare, "invalid_dpop_proof");
    let given = tokens(&ward.exchange(&code).await);
    let bearer = format!("Authorization: Bearer {}", given.access);
    let path = "/fhir/WRD01/Patient/anna";
    let answer = ward.server.wire.send("GET", path, &[&bearer], b"").await;
    assert_eq!(answer.status, 401);
    let other = ward
        .server
        .world
        .app("WRD01", "other", "patient/*.rs", false)
        .await;
    assert_eq!(
        other.get(&ward.server, path, &given.access).await.status,
        401
    );
}

/// What is wrong with a request is told to the app, unless it is who is answered.
#[tokio::test]
async fn a_bad_request_is_answered_at_a_registered_uri_or_nowhere() {
    let ward = launched().await;
    let challenge = "challenge".repeat(4);
    for (name, value, code) in [
        ("response_type", "token", Some("unsupported_response_type")),
        ("response_type", "", Some("invalid_request")),
        ("code_challenge_method", "plain", Some("invalid_request")),
        ("code_challenge_method", "", Some("invalid_request")),
        ("code_challenge", "", Some("invalid_request")),
        ("code_challenge", &*challenge, Some("invalid_request")),
        ("aud", "", Some("invalid_request")),
        (
            "aud",
            "https://evil.example/fhir/WRD01",
            Some("invalid_request"),
        ),
        (
            "aud",
            "https://localhost:8443/fhir/WRD02",
            Some("invalid_request"),
        ),
        ("scope", "system/Patient.rs", Some("invalid_scope")),
        ("scope", "patient/Patient.read", Some("invalid_scope")),
        ("scope", "openid", Some("invalid_scope")),
        ("redirect_uri", "", None),
        ("redirect_uri", "https://app.example/callback/", None),
        ("redirect_uri", "https://app.example/callback?x=y", None),
        (
            "redirect_uri",
            "https://app.example@evil.example/callback",
            None,
        ),
        (
            "redirect_uri",
            "https://app.example\\.evil.example/callback",
            None,
        ),
        ("redirect_uri", "//evil.example", None),
        ("redirect_uri", "javascript:alert(1)", None),
        ("client_id", "", None),
        ("client_id", "00000000000000000000000000000000", None),
        ("client_id", "chart", None),
    ] {
        let mut request = ward.request(SCOPE);
        let field = request.iter_mut().find(|(known, _)| known == name).unwrap();
        value.clone_into(&mut field.1);
        let answer = ward.authorize(&request).await;
        let location = answer.header("location");
        match code {
            Some(code) => {
                let location = location.unwrap();
                let expected = format!("{REDIRECT}?error={code}&");
                assert!(location.starts_with(&expected), "{name}={value} {location}");
                assert!(location.ends_with("&state=s%261&iss=https%3A%2F%2Flocalhost%3A8443"));
            }
            None => assert_eq!((answer.status, location), (400, None), "{name}={value}"),
        }
    }
    for twice in [
        "state",
        "scope",
        "redirect_uri",
        "client_id",
        "code_challenge",
    ] {
        let mut request = ward.request(SCOPE);
        let again = request.iter().find(|(known, _)| known == twice).cloned();
        request.extend(again);
        let answer = ward.authorize(&request).await;
        assert!(
            answer.status == 400 || answer.header("location").unwrap().contains("error="),
            "{twice}"
        );
    }
    let good = ward.authorize(&ward.request(SCOPE)).await;
    assert_eq!((good.status, good.header("location")), (200, None));
    assert!(good.body.contains("url=/authorize/"));
}

#[tokio::test]
async fn a_spent_refresh_token_ends_all_that_came_of_it() {
    let ward = launched().await;
    let first = ward.tokens(SCOPE).await;
    let second = tokens(&ward.refresh(&first.refresh).await);
    assert_error(&ward.refresh(&first.refresh).await, "invalid_grant");
    assert_eq!(ward.status("Patient/anna", &second.access).await, 401);
    assert_error(&ward.refresh(&second.refresh).await, "invalid_grant");
}

/// Of many that send the same one, one is answered; and then nothing of it works any more.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_refreshes_at_once_one_wins_and_the_reuse_ends_it() {
    let ward = launched().await;
    let given = ward.tokens(SCOPE).await;
    let mut all = Vec::new();
    let ward = std::sync::Arc::new(ward);
    for _ in 0..50 {
        let (ward, token) = (ward.clone(), given.refresh.clone());
        all.push(tokio::spawn(async move { ward.refresh(&token).await }));
    }
    let mut won = Vec::new();
    for one in all {
        let answer = one.await.unwrap();
        if answer.status == 200 {
            won.push(tokens(&answer));
        } else {
            assert_error(&answer, "invalid_grant");
        }
    }
    assert!(won.len() <= 1, "{} won", won.len());
    for won in won {
        assert_eq!(ward.status("Patient/anna", &won.access).await, 401);
        assert_error(&ward.refresh(&won.refresh).await, "invalid_grant");
    }
    assert_eq!(ward.status("Patient/anna", &given.access).await, 401);
}

#[tokio::test]
async fn a_refresh_token_works_for_its_app_its_key_and_its_scopes() {
    let ward = launched().await;
    let thief = ward
        .server
        .world
        .app("WRD01", "thief", "patient/*.rs offline_access", false)
        .await;
    let given = ward.tokens(SCOPE).await;
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", given.refresh.as_str()),
    ];
    let stolen = thief.post(&ward.server, "/oauth/token", &fields).await;
    assert_error(&stolen, "invalid_grant");
    let proof = thief.proof(&ward.server, "POST", "/oauth/token", None);
    let other_key = ward
        .app
        .post_with(&ward.server, "/oauth/token", &fields, Some(&proof))
        .await;
    assert_error(&other_key, "invalid_grant");
    for wider in [
        "patient/*.rs",
        "patient/Patient.cruds",
        "user/Patient.rs",
        "system/Patient.rs",
    ] {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", given.refresh.as_str()),
            ("scope", wider),
        ];
        let answer = ward.app.post(&ward.server, "/oauth/token", &fields).await;
        assert_error(&answer, "invalid_scope");
    }
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", given.refresh.as_str()),
        ("scope", "patient/Patient.s"),
    ];
    let narrower = tokens(&ward.app.post(&ward.server, "/oauth/token", &fields).await);
    assert_eq!(ward.status("Patient/anna", &narrower.access).await, 404);
}

/// Whatever an app was given rests on its person, its session and its registration.
#[tokio::test]
async fn what_is_taken_away_ends_before_the_next_request() {
    for what in ["session", "suspended", "app", "expired", "everywhere"] {
        let ward = launched().await;
        let (world, offline) = (&ward.server.world, !matches!(what, "session"));
        let scope = if offline { SCOPE } else { "patient/Patient.rs" };
        let token = ward.tokens(scope).await.access;
        assert_eq!(ward.status("Patient/anna", &token).await, 200);
        let assured = world.assured(&ward.person);
        match what {
            "session" => {
                let caller = ward_identity::Caller::default();
                let ended = world.identity.sign_out(&assured, &caller);
                ended.await.unwrap();
            }
            "everywhere" => world.identity.sign_out_everywhere(&assured).await.unwrap(),
            "suspended" => {
                let ended = world.identity.suspend(Author::Setup, ward.person.account);
                ended.await.unwrap();
            }
            "app" => {
                let boss = world
                    .person("WRD01", "boss", Role::Administrator, "boss")
                    .await;
                let boss = world.assured(&boss);
                world.identity.end_app(&boss, ward.app.id).await.unwrap();
            }
            _ => world.clock.advance(Duration::from_secs(301)),
        }
        assert_eq!(ward.status("Patient/anna", &token).await, 401, "{what}");
    }
}

#[tokio::test]
async fn an_app_works_once_two_people_have_said_so() {
    let ward = launched().await;
    let world = &ward.server.world;
    let one = world
        .person("WRD01", "admin", Role::Administrator, "a1")
        .await;
    let two = world
        .person("WRD01", "governor", Role::InformationGovernance, "g1")
        .await;
    let far = world
        .person("WRD02", "elsewhere", Role::Administrator, "e1")
        .await;
    let (one, two, far) = (
        world.assured(&one),
        world.assured(&two),
        world.assured(&far),
    );
    let clinician = world.assured(&ward.person);
    let new = |redirect: &str| ward_identity::NewApp {
        name: "Chart".to_owned(),
        redirect_uris: vec![redirect.to_owned()],
        launch_url: None,
        jwks: None,
        scopes: ward_identity::AppScopes::parse("user/Patient.r").unwrap(),
        expires: ward_core::Clock::now(&*world.clock) + Duration::from_hours(24),
    };
    let identity = &world.identity;
    assert!(
        identity
            .propose_app(&clinician, new(REDIRECT))
            .await
            .is_err()
    );
    assert!(
        identity
            .propose_app(&one, new("http://evil.example/"))
            .await
            .is_err()
    );
    let app = identity.propose_app(&one, new(REDIRECT)).await.unwrap();
    let begun = async |app: ward_core::AppId| {
        let mut request = ward.request("user/Patient.r");
        request[1].1 = app.to_string();
        ward.authorize(&request).await.status
    };
    assert_eq!(begun(app).await, 400, "proposed");
    for not in [&one, &far, &clinician] {
        assert!(identity.approve_app(not, app).await.is_err());
    }
    assert_eq!(begun(app).await, 400, "approved by nobody else");
    world.clock.advance(Duration::from_mins(6));
    assert!(
        identity.approve_app(&two, app).await.is_err(),
        "not a fresh proof"
    );
    let fresh = world
        .person("WRD01", "fresh", Role::InformationGovernance, "g2")
        .await;
    identity
        .approve_app(&world.assured(&fresh), app)
        .await
        .unwrap();
    assert_eq!(begun(app).await, 200);
    world.clock.advance(Duration::from_hours(25));
    assert_eq!(begun(app).await, 400, "expired");
}

/// A request, once a session has looked at it, is no other's.
#[tokio::test]
async fn a_decision_is_made_in_the_session_that_was_asked() {
    let ward = launched().await;
    let world = &ward.server.world;
    let other = world
        .person("WRD01", "other", Role::Clinician, "other")
        .await;
    let far = world.person("WRD02", "far", Role::Clinician, "far").await;
    let base = |ods: &ward_core::Ods| format!("{}/fhir/{ods}", ward_testkit::ORIGIN);
    let begun = world
        .identity
        .begin_authorization(&ward.request(SCOPE), &base);
    let Ok(ward_identity::Begun::Ask(request)) = begun else {
        panic!("refused")
    };
    assert!(
        world
            .identity
            .consent(&world.assured(&far), &request)
            .is_err()
    );
    world
        .identity
        .consent(&world.assured(&ward.person), &request)
        .unwrap();
    assert!(
        world
            .identity
            .consent(&world.assured(&other), &request)
            .is_err()
    );
    let caller = ward_identity::Caller::default();
    let (own, other) = (world.assured(&ward.person), world.assured(&other));
    let stolen = world.identity.allow_app(&other, &request, &caller);
    assert!(stolen.await.is_err());
    let early = world.identity.allow_app(&own, &request, &caller);
    assert!(early.await.is_err(), "no patient was chosen");
}

/// A launch is of one session and one app, and works once.
#[tokio::test]
async fn a_launch_belongs_to_its_session() {
    let ward = launched().await;
    let world = &ward.server.world;
    let assured = world.assured(&ward.person);
    let anna = ward_core::PatientId::new("anna").unwrap();
    let url = world
        .identity
        .launch_app(&assured, (ward.app.id, anna), "x")
        .unwrap();
    let launch = url.split("launch=").last().unwrap().to_owned();
    let mut request = ward.request("launch patient/Patient.r");
    assert!(
        ward.authorize(&request)
            .await
            .header("location")
            .unwrap()
            .contains("error=")
    );
    request.push(("launch".to_owned(), launch));
    let given = tokens(&ward.exchange(&code_in(&ward.allowed(&request).await)).await);
    assert_eq!(given.answer["patient"], "anna");
    let again = ward.authorize(&request).await;
    assert!(
        again
            .header("location")
            .unwrap()
            .contains("error=invalid_request")
    );
}

/// A password, an assertion for a person, an app's key for itself: no way around the person.
#[tokio::test]
async fn there_is_no_other_way_to_a_persons_token() {
    let ward = launched().await;
    let confidential = ward
        .server
        .world
        .app("WRD01", "robot", "user/*.rs", true)
        .await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "system/*.rs"),
    ];
    let answer = confidential
        .post(&ward.server, "/oauth/token", &fields)
        .await;
    assert_error(&answer, "unauthorized_client");
    for grant in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ] {
        let fields = [("grant_type", grant), ("username", "one"), ("code", "x")];
        let answer = ward.app.post(&ward.server, "/oauth/token", &fields).await;
        assert_eq!(json(&answer)["error"], "unsupported_grant_type");
    }
}
