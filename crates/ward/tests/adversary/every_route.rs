//! Every route of the table, asked with what must not open it.

use ward_http::{Guard, Method};
use ward_identity::Role;
use ward_testkit::{Browser, ORIGIN, PASSWORD, form, session_set_by};

use crate::fixture::{
    ANNA, FORM, assert_refused, assert_tells_nothing, declared, guarded, path, ward,
};

/// What proxies say to servers that believe them.
const SPOOFED: [&str; 24] = [
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-Host: localhost",
    "X-Forwarded-Proto: https",
    "X-Forwarded-User: ada@WRD01",
    "X-Forwarded-Email: ada@WRD01",
    "X-Forwarded-Groups: administrators",
    "X-Forwarded-Access-Token: anything",
    "X-Remote-User: ada@WRD01",
    "Remote-User: ada@WRD01",
    "X-Authentik-Username: ada",
    "X-Auth-Request-User: ada",
    "X-Pomerium-Jwt-Assertion: e30.e30.",
    "X-MFA-Verified: true",
    "X-Skip-MFA: 1",
    "X-Amr: mfa",
    "X-Acr: AAL3",
    "X-Client-Verify: SUCCESS",
    "X-SSL-Client-Cert: anything",
    "X-Original-URL: /sign-in",
    "X-Rewrite-URL: /accessibility",
    "X-HTTP-Method-Override: OPTIONS",
    "X-Internal-Request: true",
    "Forwarded: for=127.0.0.1;proto=https",
    "Via: 1.1 localhost",
];

/// Keycloak CVE-2026-96445, authentik CVE-2024-47070: a header says that the second factor is not
/// needed from here.
#[tokio::test]
async fn class_06_header_conditional() {
    let ward = ward().await;
    for route in guarded(&ward.server) {
        let path = path(route.pattern);
        let mut lines = SPOOFED.to_vec();
        lines.extend(["Sec-Fetch-Site: same-origin", FORM]);
        let wire = &ward.server.wire;
        let answer = wire.send(route.method.as_str(), &path, &lines, b"").await;
        assert_refused(&answer, &format!("{route:?}"));
    }
    let mut mary = Browser::with_password(&ward.server, "mary", Role::Clinician).await;
    mary.cookie.clear();
    let fields = [("name", "mary@WRD01"), ("password", PASSWORD), ("code", "")];
    let lines: Vec<&str> = SPOOFED.into_iter().chain([FORM]).collect();
    let answer = mary
        .send("POST", "/sign-in/password", &lines, &form(&fields))
        .await;
    assert_eq!((answer.status, session_set_by(&answer)), (401, None));
    // Of a signed-in browser they change nothing either.
    let mut one = ward.browser();
    let accounts = one.send("GET", "/accounts", &SPOOFED, "").await;
    assert_eq!(accounts.status, 403, "a clinician keeps no accounts");
    assert_eq!(one.send("GET", "/account", &SPOOFED, "").await.status, 200);
}

/// Kanidm #2027, Vikunja CVE-2026-33315: an old protocol takes a password, or a bearer token alone.
#[tokio::test]
async fn class_19_legacy_protocol_and_basic() {
    let ward = ward().await;
    let given = ward.tokens().await;
    let basic = data_encoding(&format!("one@WRD01:{PASSWORD}"));
    let credentials = [
        format!("Authorization: Basic {basic}"),
        "Authorization: Digest username=\"one@WRD01\", response=\"x\"".to_owned(),
        "Authorization: Negotiate YII=".to_owned(),
        "Authorization: NTLM TlRMTVNTUAAB".to_owned(),
        format!("Authorization: Bearer {}", given.access),
        format!("Authorization: Bearer {}", ward.program.token()),
        format!("Authorization: Bearer {}", ward.clinician.token),
        format!("Authorization: Token {}", given.access),
        format!("Authorization: {}", given.access),
        format!("Authorization: DPoP {}", given.access),
        format!("Authorization: DPoP {}", ward.program.token()),
        format!("Authorization: DPoP  {}", ward.program.token()),
        format!("X-Api-Key: {}", ward.program.token()),
        format!("X-Auth-Token: {}", ward.clinician.token),
    ];
    for route in declared(&ward.server) {
        let (path, is_public) = (
            path(route.pattern),
            matches!(route.guard, Guard::Public { .. }),
        );
        for credential in &credentials {
            let lines = [credential.as_str(), "Sec-Fetch-Site: same-origin", FORM];
            let wire = &ward.server.wire;
            let answer = wire.send(route.method.as_str(), &path, &lines, b"").await;
            let what = format!("{route:?} {credential}");
            if is_public {
                let is_taken = credential.contains(": DPoP ") || credential.starts_with("X-");
                assert!(
                    is_taken && !credential.contains("DPoP  ") || answer.status == 401,
                    "{what}"
                );
                assert_tells_nothing(&answer, &what);
            } else {
                assert_refused(&answer, &what);
            }
        }
    }
    // Beside the credential that is right: the request is refused, not judged by one of the two.
    let proof = ward
        .app
        .proof(&ward.server, "GET", ANNA, Some(&given.access));
    let lines = [
        format!("Authorization: DPoP {}", given.access),
        format!("DPoP: {proof}"),
        format!("Authorization: Basic {basic}"),
    ];
    let lines = lines.each_ref().map(String::as_str);
    assert_eq!(
        ward.server.wire.send("GET", ANNA, &lines, b"").await.status,
        401
    );
    let cookie = format!("Cookie: __Host-ward={}", ward.clinician.token);
    for wrong in &credentials[..11] {
        let lines = [cookie.as_str(), wrong.as_str()];
        let answer = ward.server.wire.send("GET", "/patients", &lines, b"").await;
        assert_refused(&answer, wrong);
    }
    // And in places that end up in logs.
    for name in ["access_token", "password", "ACCESS_TOKEN", "id_token"] {
        let target = format!("{ANNA}?{name}={}", given.access);
        let answer = ward.app.get(&ward.server, &target, &given.access).await;
        assert_eq!(answer.status, 401, "{name}");
    }
}

fn data_encoding(text: &str) -> String {
    ::data_encoding::BASE64.encode(text.as_bytes())
}

/// Authelia CVE-2021-32637: a path that the guard reads otherwise than the server.
#[tokio::test]
async fn class_20_malformed_uri() {
    let ward = ward().await;
    let cookie = format!("Cookie: __Host-ward={}", ward.clinician.token);
    let spellings: [fn(&str) -> String; 22] = [
        |path| format!("/{path}"),
        |path| format!("{path}/"),
        |path| format!("{path}//"),
        |path| format!("/.{path}"),
        |path| format!("/sign-in/..{path}"),
        |path| format!("/static/1/..%2f..{path}"),
        |path| format!("{path}/."),
        |path| format!("{path}/../{}", path.trim_start_matches('/')),
        |path| format!("{path};a=b"),
        |path| format!("{path}%00"),
        |path| format!("{path}%20"),
        |path| format!("{path}%2f"),
        |path| format!("{path}%3f"),
        |path| format!("{path}%23"),
        |path| format!("{path}\\"),
        |path| path.replacen('/', "/%2e/", 1),
        |path| path.replacen('/', "\\", 1),
        |path| path.replacen('/', "%2f", 1),
        |path| path.replacen('/', "/%u002f", 1),
        |path| path.to_uppercase(),
        |path| format!("{path}.json"),
        |path| format!("https://evil.example{path}"),
    ];
    for route in guarded(&ward.server) {
        let plain = path(route.pattern);
        for spell in spellings {
            let target = spell(&plain);
            let method = route.method.as_str();
            for lines in [&["Sec-Fetch-Site: same-origin", FORM][..], &[&cookie, FORM]] {
                let answer = ward.server.wire.send(method, &target, lines, b"").await;
                let is_page = answer.status == 200 && target == plain;
                // 0 where the request line itself is not understood, and the connection is closed.
                let is_no = answer.status == 0 || (300..500).contains(&answer.status);
                // A name that stands for any id may be an unknown one.
                assert!(is_no || is_page, "{method} {target}: {}", answer.head);
                assert_tells_nothing(&answer, &target);
                if !lines.contains(&cookie.as_str()) && answer.status == 303 {
                    assert_eq!(answer.header("location"), Some("/sign-in"), "{target}");
                }
            }
        }
    }
    for line in [
        "GET http://localhost:8443/patients HTTP/1.1",
        "GET * HTTP/1.1",
        "CONNECT localhost:8443 HTTP/1.1",
        "GET /patients HTTP/1.0",
        "GET /patients",
        "GET\t/patients HTTP/1.1",
        "GET /patients HTTP/1.1\r\nX-A: b\r\n c",
        "GET /patients?\u{0} HTTP/1.1",
    ] {
        let bytes = format!("{line}\r\nHost: localhost:8443\r\nConnection: close\r\n\r\n");
        let answer = ward.server.wire.raw(bytes.as_bytes()).await;
        let is_no = [0, 303, 400, 404, 405, 421, 505].contains(&answer.status);
        assert!(is_no, "{line}: {}", answer.head);
        assert_tells_nothing(&answer, line);
    }
    // Another host, told in either place: nothing is answered for it.
    for host in [
        "evil.example",
        "localhost",
        "localhost:8443.evil.example",
        "localhost:08443",
        "",
    ] {
        let line = format!("Host: {host}");
        let answer = ward
            .server
            .wire
            .send("GET", "/patients", &[&line, &cookie], b"")
            .await;
        assert!(
            [400, 421].contains(&answer.status),
            "{host}: {}",
            answer.head
        );
    }
}

/// Mattermost CVE-2025-55070: an upgrade goes past the guard of its route.
#[tokio::test]
async fn class_21_upgrade_unguarded() {
    let ward = ward().await;
    let web_socket = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: bearer",
    ];
    let http2 = [
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABk",
    ];
    for route in ward.server.routes() {
        let (path, is_public) = (
            path(route.pattern),
            matches!(route.guard, Guard::Public { .. }),
        );
        for upgrade in [&web_socket[..], &http2] {
            let head = format!(
                "{} {path} HTTP/1.1\r\nHost: localhost:8443\r\nOrigin: {ORIGIN}\r\n{}\r\n\
                 Content-Length: 0\r\n\r\n",
                route.method,
                upgrade.join("\r\n"),
            );
            // A second request on the connection closes it: were it no HTTP any more, it would hang.
            let close =
                "GET /nothing HTTP/1.1\r\nHost: localhost:8443\r\nConnection: close\r\n\r\n";
            let answer = ward
                .server
                .wire
                .raw(format!("{head}{close}").as_bytes())
                .await;
            let what = format!("{route:?} {upgrade:?}");
            assert_ne!(answer.status, 101, "{what}");
            assert!(
                is_public || crate::fixture::is_refused(&answer),
                "{what}: {}",
                answer.head
            );
            assert_tells_nothing(&answer, &what);
        }
    }
}

/// Tinyauth CVE-2026-32246: what a person holds half-way through signing in opens something.
#[tokio::test]
async fn class_24_half_login_gets_in() {
    let ward = ward().await;
    let server = &ward.server;
    let mut mary = Browser::with_password(server, "mary", Role::Clinician).await;
    let (session, form_token) = (mary.cookie.clone(), mary.form_token());
    mary.cookie.clear();
    let half = mary.sign_in_typing("mary@WRD01", PASSWORD, "").await;
    assert_eq!(
        (half.status, session_set_by(&half)),
        (401, None),
        "the password is right"
    );
    let started = mary.json("/sign-in/passkey/start", "", "{}").await;
    assert_eq!(session_set_by(&started), None);
    let (ceremony, _) = ward_testkit::ceremony(&started);
    let link = ward_testkit::link(server, "new", Role::Clinician).await;
    let enrolling = server
        .world
        .identity
        .start_app_enrolment(link.token.expose())
        .unwrap();
    let given = ward.tokens().await;
    let code = ward.code("patient/Patient.rs").await;
    let identity = &server.world.identity;
    let base = |ods: &ward_core::Ods| format!("{ORIGIN}/fhir/{ods}");
    let begun = identity
        .begin_authorization(&ward.asking("patient/*.rs"), &base)
        .unwrap();
    let ward_identity::Begun::Ask(asking) = begun else {
        panic!("refused")
    };
    let halves = [
        ("a sign-in that began", ceremony),
        ("a link", link.token.expose().clone()),
        ("an enrolment that began", enrolling.ceremony),
        ("a form's token", form_token),
        ("an app's token", given.access),
        ("a refresh token", given.refresh),
        ("a code", code),
        ("an app's question", asking),
        ("a service's token", ward.program.token().to_owned()),
        ("a session's hash", session.chars().rev().collect()),
        ("a session, cut", session[..session.len() - 1].to_owned()),
        (
            "a session, twice",
            format!("{session}; __Host-ward={session}"),
        ),
    ];
    for route in guarded(server) {
        let (method, path) = (route.method.as_str(), path(route.pattern));
        for (what, half) in &halves {
            let cookie = format!("Cookie: __Host-ward={half}");
            let bound = format!("Authorization: DPoP {half}");
            let proof = ward.app.proof(server, method, &path, Some("another token"));
            let proof = format!("DPoP: {proof}");
            let origin = format!("Origin: {ORIGIN}");
            let cookie = [cookie.as_str(), &origin, FORM];
            let bound = [bound.as_str(), &proof, &origin, FORM];
            for lines in [&cookie[..], &bound] {
                let answer = server.wire.send(method, &path, lines, b"").await;
                assert_refused(&answer, &format!("{what}: {route:?}"));
            }
        }
    }
    // Nor does a session stand for a token, or a token's proof for another request.
    let token = ward.tokens().await.access;
    for (method, of, path) in [
        (Method::GET, "POST", ANNA),
        (Method::GET, "GET", "/fhir/WRD01/Patient/bob"),
    ] {
        let proof = ward.app.proof(server, of, ANNA, Some(&token));
        let lines = [
            format!("Authorization: DPoP {token}"),
            format!("DPoP: {proof}"),
        ];
        let lines = lines.each_ref().map(String::as_str);
        let answer = server.wire.send(method.as_str(), path, &lines, b"").await;
        assert_eq!(answer.status, 401, "{of} {path}");
    }
    assert!(
        identity
            .sign_out_everywhere(&identity.authenticate(&session, None).unwrap())
            .await
            .is_ok()
    );
    mary.cookie = session;
    assert_refused(&mary.get("/").await, "a session that was ended");
}
