//! Sessions: planted, remembered, revoked while something of theirs is open.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use ward_core::limits;
use ward_http::{Credential, Guard};
use ward_identity::{Author, Role};
use ward_testkit::{Browser, ORIGIN, PASSWORD, Raw, session_set_by};

use crate::fixture::{ANNA, assert_refused, empty, guarded, path, ward};

/// Names of the cookies that an answer sets.
fn set_by(answer: &Raw) -> Vec<&str> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.filter_map(|(_, value)| value.split('=').next())
        .collect()
}

/// scheb GHSA-9phw-7h96-q3rv: a cookie that says "this device has proved it before" is forged.
/// Nothing of the kind exists: each sign-in proves both.
#[tokio::test]
async fn class_26_remembered_device() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    let old = mary.cookie.clone();
    for page in ["/", "/account", "/sign-in", "/signed-out"] {
        assert_eq!(set_by(&mary.get(page).await), Vec::<&str>::new(), "{page}");
    }
    let sign_in = mary.get("/sign-in").await;
    for word in [
        "remember",
        "Remember",
        "trust this",
        "Trust this",
        "30 days",
    ] {
        assert!(!sign_in.body.contains(word), "{word}");
    }
    let out = mary.submit("/sign-out", &[]).await;
    assert_eq!(session_set_by(&out), Some(""));
    for cookie in [
        format!("__Host-ward={old}"),
        format!("__Host-ward={old}; trusted_device=1"),
        "remember_me=1; REMEMBERME=bWFyeQ".to_owned(),
        "__Host-ward-device=eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXJ5QFdSRDAxIn0.".to_owned(),
        "trusted_device=mary@WRD01; mfa=done; 2fa_verified=true".to_owned(),
    ] {
        for code in ["", "000000"] {
            server.world.clock.advance(limits::ATTEMPT_WINDOW * 40);
            let body = ward_testkit::form(&[
                ("name", "mary@WRD01"),
                ("password", PASSWORD),
                ("code", code),
                ("remember", "on"),
            ]);
            let mut other = Browser::new(&server, mary.account);
            let line = format!("Cookie: {cookie}");
            let lines = [crate::fixture::FORM, &line];
            let answer = other.send("POST", "/sign-in/password", &lines, &body).await;
            assert_eq!(answer.status, 401, "{cookie}: {}", answer.head);
            assert_eq!(set_by(&answer), Vec::<&str>::new(), "{cookie}");
            let lines = [line.as_str()];
            assert_refused(&other.send("GET", "/", &lines, "").await, &cookie);
        }
    }
}

/// Zitadel CVE-2024-28197: a session that somebody planted is the one that is signed in.
#[tokio::test]
async fn class_27_session_fixation() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    let mut eve = Browser::with_passkey(&server, "eve", Role::Clinician).await;
    let planted = [
        "A".repeat(43),
        eve.cookie.clone(),
        mary.cookie.clone(),
        "x".to_owned(),
    ];
    for cookie in planted {
        // The sign-in of a browser that has a cookie already: of nobody, of another, of its own.
        server.world.clock.advance(Duration::from_secs(30));
        mary.cookie.clone_from(&cookie);
        let code = mary.code();
        let answer = mary.sign_in_typing("mary@WRD01", PASSWORD, &code).await;
        assert_eq!(answer.status, 303);
        assert_ne!(mary.cookie, cookie, "a new one at each proof");
        assert!(mary.cookie.len() >= 43, "that nobody guesses");
        let mut thief = Browser::new(&server, mary.account);
        thief.cookie = cookie;
        assert_refused(&thief.get("/account").await, "what was planted");
    }
    assert_refused(
        &eve.get("/account").await,
        "her browser was taken over: it ends",
    );
    // Proving it again: the old token is worth nothing, nor are its forms.
    let (old, form) = (mary.cookie.clone(), mary.form_token());
    server.world.clock.advance(Duration::from_secs(30));
    let code = mary.code();
    let proof = [("password", PASSWORD), ("code", code.as_str())];
    assert_eq!(mary.submit("/prove/password", &proof).await.status, 303);
    assert_ne!(mary.cookie, old);
    assert_ne!(mary.form_token(), form);
    let stale = [("form_token", form.as_str())];
    assert_eq!(mary.post("/session/stay", &stale).await.status, 403);
    mary.cookie = old;
    assert_refused(&mary.get("/account").await, "the token before the proof");
}

/// Each form carries its session's token, and is sent from a page of Ward.
#[tokio::test]
async fn no_form_is_taken_without_its_token_or_from_another_site() {
    let server = empty().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let other = Browser::with_passkey(&server, "eve", Role::Administrator).await;
    let others = other.form_token();
    let forms = guarded(&server).into_iter();
    let forms: Vec<_> = forms
        .filter(|route| {
            let credential = match route.guard {
                Guard::Assured { credential, .. } => credential,
                Guard::Public { .. } => return false,
            };
            !route.method.is_safe() && credential == Credential::Session
        })
        .collect();
    assert!(forms.len() > 15);
    for route in forms {
        let path = path(route.pattern);
        for token in ["", "x", others.as_str()] {
            let answer = ada.post(&path, &[("form_token", token)]).await;
            assert_eq!(answer.status, 403, "{route:?} {token}: {}", answer.head);
        }
        let own = ada.form_token();
        let (cookie, token) = (
            format!("Cookie: __Host-ward={}", ada.cookie),
            format!("X-Form-Token: {own}"),
        );
        for site in [
            "Origin: https://evil.example",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
            "Origin: null",
        ] {
            let lines = [cookie.as_str(), token.as_str(), site, crate::fixture::FORM];
            let answer = server.wire.send("POST", &path, &lines, b"").await;
            assert_eq!(answer.status, 403, "{route:?} {site}");
        }
    }
    assert_eq!(ada.get("/account").await.status, 200);
}

/// Mattermost CVE-2026-9162: what a session has open goes on after the session was ended. Here: a
/// connection that stays, over which the next request is one too many.
#[tokio::test]
async fn class_22_revocation_misses_open_streams() {
    let ward = ward().await;
    let mut connection = ward.server.wire.connect(b"http/1.1").await;
    let request = format!(
        "GET /patients HTTP/1.1\r\nHost: localhost:8443\r\nCookie: __Host-ward={}\r\n\r\n",
        ward.clinician.token
    );
    let mut ask = async || {
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        connection.read_exact(&mut body).await.unwrap();
        head
    };
    for _ in 0..3 {
        assert!(ask().await.starts_with("HTTP/1.1 200"));
    }
    let given = ward.tokens().await;
    assert_eq!(
        ward.app.get(&ward.server, ANNA, &given.access).await.status,
        200
    );
    let identity = &ward.server.world.identity;
    identity
        .suspend(Author::Setup, ward.clinician.account)
        .await
        .unwrap();
    let after = ask().await;
    assert!(
        after.starts_with("HTTP/1.1 303") && after.contains("/sign-in"),
        "{after}"
    );
    assert_eq!(
        ward.app.get(&ward.server, ANNA, &given.access).await.status,
        401
    );
    // What was ended stays ended, though the account is let in again.
    identity
        .resume(Author::Setup, ward.clinician.account)
        .await
        .unwrap();
    assert!(ask().await.starts_with("HTTP/1.1 303"));
    assert_eq!(
        ward.app.get(&ward.server, ANNA, &given.access).await.status,
        401
    );
}

/// The same of an answer without end: whichever there is, it ends with its session.
#[tokio::test]
async fn every_stream_ends_with_what_opened_it() {
    let ward = ward().await;
    let streams = guarded(&ward.server).into_iter();
    let streams: Vec<_> = streams.filter(|route| route.is_stream).collect();
    assert!(!streams.is_empty());
    for route in streams {
        let name = format!("eve{}", route.pattern.len());
        let eve = Browser::with_passkey(&ward.server, &name, Role::Clinician).await;
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: localhost:8443\r\nCookie: __Host-ward={}\r\n\r\n",
            path(route.pattern),
            eve.cookie
        );
        let mut connection = ward.server.wire.connect(b"http/1.1").await;
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 200"), "{route:?}");
        let identity = &ward.server.world.identity;
        identity.suspend(Author::Setup, eve.account).await.unwrap();
        let mut rest = Vec::new();
        let ended = async {
            // The last chunk has no bytes (RFC 9112 7.1).
            while !rest.ends_with(b"\r\n0\r\n\r\n") {
                rest.push(connection.read_u8().await.unwrap());
            }
        };
        let patience = Duration::from_mins(1);
        let in_time = tokio::time::timeout(patience, ended).await;
        assert!(in_time.is_ok(), "{route:?} goes on");
        let again = ward.server.wire.raw(request.as_bytes()).await;
        assert_refused(&again, "opened again");
    }
}

/// A session ends by itself, used or not; and from its last second on nothing brings it back.
#[tokio::test]
async fn a_session_that_is_over_stays_over() {
    let server = empty().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    for _ in 0..4 {
        server
            .world
            .clock
            .advance(limits::SESSION_IDLE.saturating_sub(Duration::from_secs(1)));
        assert_eq!(mary.get("/account").await.status, 200);
    }
    let token = mary.form_token();
    server.world.clock.advance(limits::SESSION_IDLE);
    let lines = [
        format!("X-Form-Token: {token}"),
        format!("Origin: {ORIGIN}"),
    ];
    let lines = lines.each_ref().map(String::as_str);
    assert_refused(
        &mary.send("POST", "/session/stay", &lines, "").await,
        "stay",
    );
    assert_refused(&mary.get("/account").await, "idle");
    mary.cookie.clear();
    mary.sign_in().await;
    let mut left = limits::SESSION_MAX;
    while left > limits::SESSION_IDLE {
        server.world.clock.advance(limits::SESSION_IDLE / 2);
        left -= limits::SESSION_IDLE / 2;
        assert_eq!(mary.get("/account").await.status, 200);
    }
    server.world.clock.advance(limits::SESSION_IDLE / 2);
    assert_eq!(mary.get("/account").await.status, 200);
    server.world.clock.advance(limits::SESSION_IDLE / 2);
    assert_refused(&mary.get("/account").await, "12 hours");
}
