//! Ways to a token, and ways to go on with one.

use ward_core::Clock;
use ward_identity::Role;
use ward_testkit::{Browser, ORIGIN, PASSWORD, REDIRECT, Raw, VERIFIER, form};

use crate::fixture::{ANNA, FORM, Ward, json, ward};

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Asks the token endpoint with a proof of the service's key.
async fn ask(ward: &Ward, fields: &[(&str, &str)], proof_id: &str) -> Raw {
    let (now, url) = (
        ward.server.world.clock.now(),
        format!("{ORIGIN}/oauth/token"),
    );
    let client = ward.program.client();
    let proof = client.proof("POST", &url, now, proof_id, None).unwrap();
    let lines = [FORM, &format!("DPoP: {proof}")];
    let body = form(fields);
    let wire = &ward.server.wire;
    wire.send("POST", "/oauth/token", &lines, body.as_bytes())
        .await
}

fn assertion(ward: &Ward, id: &str) -> String {
    let (now, url) = (
        ward.server.world.clock.now(),
        format!("{ORIGIN}/oauth/token"),
    );
    let (client, account) = (ward.program.client(), ward.program.account.to_string());
    client.assertion(&account, &url, now, id).unwrap()
}

/// Keycloak CVE-2026-9792: a password is exchanged for a token, and nobody asks for the second
/// factor.
#[tokio::test]
async fn class_01_password_grant() {
    let ward = ward().await;
    let mary = Browser::with_password(&ward.server, "mary", Role::Clinician).await;
    let code = mary.code();
    let grants = [
        "password",
        "Password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "urn:openid:params:grant-type:ciba",
        "http://auth0.com/oauth/grant-type/mfa-otp",
        "client_credentials ",
        "",
    ];
    for (number, grant) in grants.into_iter().enumerate() {
        let asserted = assertion(&ward, &format!("a-{number}"));
        let fields = [
            ("grant_type", grant),
            ("username", "mary@WRD01"),
            ("password", PASSWORD),
            ("totp", &code),
            ("scope", "system/Patient.r"),
            ("client_assertion_type", KIND),
            ("client_assertion", &asserted),
        ];
        let answer = ask(&ward, &fields, &format!("d-{number}")).await;
        assert_eq!(answer.status, 400, "{grant}: {}", answer.body);
        assert!(!answer.body.contains("access_token"), "{grant}");
    }
    let metadata = "/.well-known/oauth-authorization-server";
    let told = ward.server.wire.send("GET", metadata, &[], b"").await;
    let mut told: Vec<_> = json(&told)["grant_types_supported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| grant.as_str().unwrap().to_owned())
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "authorization_code",
            "client_credentials",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code"
        ]
    );
    // And what is not told of: a token out of the browser's own way.
    for kind in ["token", "id_token", "code token", "password", "none"] {
        let mut asking = ward.asking("patient/Patient.rs");
        asking[0].1 = kind.to_owned();
        let fields: Vec<_> = asking
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let target = format!("/oauth/authorize?{}", form(&fields));
        let answer = ward.server.wire.send("GET", &target, &[], b"").await;
        let to = answer.header("location").unwrap_or_default();
        assert!(
            to.contains("error=unsupported_response_type"),
            "{kind}: {to}"
        );
        assert!(!to.contains("token="), "{kind}: {to}");
    }
}

/// OpenBao CVE-2026-39388: a token is renewed with another key than the one that it was given to.
#[tokio::test]
async fn class_14_renewal_with_another_key() {
    let ward = ward().await;
    let thief = ward
        .server
        .world
        .app("WRD01", "thief", "patient/*.rs", false)
        .await;
    let given = ward.tokens().await;
    assert_eq!(
        ward.app.get(&ward.server, ANNA, &given.access).await.status,
        200
    );
    // The token itself, with the key of another app, or of a service.
    assert_eq!(
        thief.get(&ward.server, ANNA, &given.access).await.status,
        401
    );
    let refresh = |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let fields = refresh(&given.refresh);
    let fields = fields.each_ref().map(|(name, value)| (&**name, &**value));
    // Its renewal, as another app with its own key.
    let answer = thief.post(&ward.server, "/oauth/token", &fields).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    // As the same app, whose id is public, with another key.
    let proof = thief.proof(&ward.server, "POST", "/oauth/token", None);
    let answer = ward
        .app
        .post_with(&ward.server, "/oauth/token", &fields, Some(&proof))
        .await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    // And without any.
    let answer = ward
        .app
        .post_with(&ward.server, "/oauth/token", &fields, None)
        .await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    // None of it cost the owner anything.
    let renewed = ward.app.post(&ward.server, "/oauth/token", &fields).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    // A copy of it that is used shows a theft: nothing of it works any more.
    let again = ward.app.post(&ward.server, "/oauth/token", &fields).await;
    assert_eq!(again.status, 400);
    let renewed = json(&renewed);
    for token in [
        given.access.as_str(),
        renewed["access_token"].as_str().unwrap(),
    ] {
        assert_eq!(ward.app.get(&ward.server, ANNA, token).await.status, 401);
    }
    let next = refresh(renewed["refresh_token"].as_str().unwrap());
    let next = next.each_ref().map(|(name, value)| (&**name, &**value));
    assert_eq!(
        ward.app
            .post(&ward.server, "/oauth/token", &next)
            .await
            .status,
        400
    );
}

/// What else a stolen code is tried with. After a wrong try it is good for nobody.
#[tokio::test]
async fn a_code_works_for_its_app_at_its_place_with_its_verifier_once() {
    let ward = ward().await;
    let other = ward
        .server
        .world
        .app("WRD01", "other", "patient/*.rs", false)
        .await;
    let wrong = "w".repeat(43);
    for (app, redirect, verifier) in [
        (&other, REDIRECT, VERIFIER),
        (&ward.app, "https://app.example/callback/evil", VERIFIER),
        (&ward.app, "https://app.example/callback?x=1", VERIFIER),
        (
            &ward.app,
            "https://app.example.evil.example/callback",
            VERIFIER,
        ),
        (&ward.app, REDIRECT, wrong.as_str()),
    ] {
        let code = ward.code("patient/Patient.rs").await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let answer = app.post(&ward.server, "/oauth/token", &fields).await;
        assert_eq!(answer.status, 400, "{redirect} {verifier}");
        assert_eq!(ward.exchange(&code).await.status, 400);
    }
    let code = ward.code("patient/Patient.rs").await;
    assert_eq!(ward.exchange(&code).await.status, 200);
    assert_eq!(ward.exchange(&code).await.status, 400);
}

/// A browser is sent to no place but a registered one, and no request goes without S256.
#[tokio::test]
async fn an_authorization_request_that_is_bent_sends_nobody_astray() {
    let ward = ward().await;
    let begin = async |name: &str, value: &str| {
        let mut asking = ward.asking("patient/Patient.rs");
        let place = asking.iter().position(|(known, _)| known == name).unwrap();
        asking[place].1 = value.to_owned();
        let fields: Vec<_> = asking
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let target = format!("/oauth/authorize?{}", form(&fields));
        ward.server.wire.send("GET", &target, &[], b"").await
    };
    for redirect in [
        "https://app.example/callback/",
        "https://app.example/callback/../evil",
        "https://app.example/callback?to=evil",
        "https://app.example.evil.example/callback",
        "https://app.example/callbackevil",
        "http://127.0.0.1:9@evil.example/app",
        "http://127.0.0.1:9/app/evil",
        "",
    ] {
        let answer = begin("redirect_uri", redirect).await;
        assert_eq!(answer.status, 400, "{redirect}: {}", answer.head);
        assert_eq!(answer.header("location"), None, "{redirect}");
    }
    for (name, value) in [
        ("code_challenge_method", "plain"),
        ("code_challenge_method", "s256"),
        ("code_challenge_method", ""),
        ("code_challenge", ""),
        ("aud", "https://localhost:8443/fhir/WRD02"),
        ("aud", "https://evil.example/fhir/WRD01"),
        ("scope", "system/Patient.rs"),
        ("scope", "user/*.cruds"),
    ] {
        let answer = begin(name, value).await;
        let to = answer.header("location").unwrap_or_default();
        let told = to.starts_with(&format!("{REDIRECT}?error="));
        assert!(told, "{name}={value}: {} {to}", answer.status);
    }
}
