//! Names, passwords and codes: guessed, spelled otherwise, used again, used at once.

use std::time::Duration;

use ward_core::limits;
use ward_identity::Role;
use ward_testkit::{Browser, PASSWORD, form, session_set_by};

use crate::fixture::{FORM, empty};

/// Vault CVE-2025-6013: another spelling of a name is another account, without its factors or its
/// limits.
#[tokio::test]
async fn class_11_alias_loses_its_binding() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary.o'neill", Role::Clinician).await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let spellings = [
        "MARY.O'NEILL@WRD01",
        " mary.o'neill@wrd01 ",
        "mary.o\u{200B}'neill@WRD01",
        "ｍａｒｙ.o'neill@WRD01",
        "mary\u{2024}o\u{FF07}neill@WRD01",
        "mary.o'neill @ WRD01",
    ];
    for name in spellings {
        // No second account of another spelling, that would have factors of its own.
        let local = name.split('@').next().unwrap();
        let new = [
            ("name", local),
            ("display_name", "Another Mary"),
            ("role", "clinician"),
            ("practitioner", ""),
        ];
        let made = ada.submit("/accounts/add", &new).await;
        assert_eq!(made.status, 422, "{name}: {}", made.body);
        // The same account, with the same factors.
        server.world.clock.advance(Duration::from_secs(30));
        mary.cookie.clear();
        let code = mary.code();
        let answer = mary.sign_in_typing(name, PASSWORD, &code).await;
        assert_eq!(answer.status, 303, "{name}");
        assert!(mary.get("/account").await.body.contains("mary.o"), "{name}");
    }
    // The same limits: each spelling uses up what all have.
    let mut refused = 0;
    for name in spellings.iter().cycle().take(12) {
        let answer = mary.sign_in_typing(name, "wrong", "000000").await;
        refused += usize::from(answer.status == 429);
    }
    assert_eq!(refused, 12 - limits::ATTEMPTS_PER_ACCOUNT as usize);
    // What looks like the name and is not it.
    for name in [
        "mаry.o'neill@WRD01",
        "mary.o’neill@WRD01",
        "mary.o'neill@WRD02",
        "mary.o'neill",
    ] {
        server.world.clock.advance(limits::ATTEMPT_WINDOW);
        mary.cookie.clear();
        let code = mary.code();
        let answer = mary.sign_in_typing(name, PASSWORD, &code).await;
        assert!(answer.status >= 400, "{name}");
        assert_eq!(session_set_by(&answer), None, "{name}");
    }
}

/// Vault CVE-2025-6014, Gitea CVE-2026-20779: a code works again, or for many at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn class_12_code_replay_and_race() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    server.world.clock.advance(Duration::from_secs(30));
    let code = mary.code();
    let fields = [
        ("name", "mary@WRD01"),
        ("password", PASSWORD),
        ("code", &code),
    ];
    let body = form(&fields);
    let race: Vec<_> = (0..50)
        .map(|_| {
            let (wire, body) = (server.wire.clone(), body.clone());
            tokio::spawn(async move {
                let lines = [FORM, "Sec-Fetch-Site: same-origin"];
                wire.send("POST", "/sign-in/password", &lines, body.as_bytes())
                    .await
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in race {
        let answer = one.await.unwrap();
        assert_eq!(answer.status == 303, session_set_by(&answer).is_some());
        statuses.push(answer.status);
    }
    let inside = statuses.iter().filter(|status| **status == 303).count();
    assert_eq!(inside, 1, "{statuses:?}");
    // Again, and with the code before it, and to prove it again in the session.
    server.world.clock.advance(Duration::from_secs(1));
    mary.cookie.clear();
    for _ in 0..2 {
        server.world.clock.advance(Duration::from_secs(14));
        let answer = mary.sign_in_typing("mary@WRD01", PASSWORD, &code).await;
        assert_eq!(session_set_by(&answer), None, "{}", answer.head);
    }
    server.world.clock.advance(limits::ATTEMPT_WINDOW);
    let code = mary.code();
    let answer = mary.sign_in_typing("mary@WRD01", PASSWORD, &code).await;
    assert_eq!(answer.status, 303);
    let proof = [("password", PASSWORD), ("code", code.as_str())];
    let cookie = mary.cookie.clone();
    let answer = mary.submit("/prove/password", &proof).await;
    assert_eq!(
        (answer.status, &mary.cookie),
        (401, &cookie),
        "used to sign in"
    );
}

/// Vault CVE-2025-6015: the limit on codes is got around by another name, address or way in.
#[tokio::test]
async fn class_13_code_throttle_bypass() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    let mut thief = Browser::new(&server, mary.account);
    // With the right password: codes are what is guessed.
    let mut tried = 0;
    for guess in 0..20 {
        let at = format!("X-Forwarded-For: 203.0.113.{guess}");
        let name = if guess % 2 == 0 {
            "mary@WRD01"
        } else {
            " MARY@wrd01"
        };
        let code = format!("{guess:06}");
        let body = form(&[("name", name), ("password", PASSWORD), ("code", &code)]);
        let answer = thief
            .send("POST", "/sign-in/password", &[FORM, &at], &body)
            .await;
        assert_eq!(session_set_by(&answer), None);
        assert!([401, 429].contains(&answer.status), "{}", answer.head);
        tried += u32::from(answer.status == 401);
    }
    assert_eq!(tried, limits::ATTEMPTS_PER_ACCOUNT);
    // The right one is not looked at either, wherever the same authenticator is asked.
    let code = mary.code();
    let right = thief.sign_in_typing("mary@WRD01", PASSWORD, &code).await;
    assert_eq!(right.status, 429);
    let proof = [("password", PASSWORD), ("code", code.as_str())];
    let within = mary.submit("/prove/password", &proof).await;
    assert_eq!(within.status, 429, "proving it again is the same attempt");
    assert_eq!(
        mary.get("/account").await.status,
        200,
        "and costs no session"
    );
}

/// The limit of an address is of the address at the end of the socket.
#[tokio::test]
async fn an_address_is_the_sockets_whatever_a_header_says() {
    let server = empty().await;
    let mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let mut thief = Browser::new(&server, mary.account);
    let mut tried = 0;
    for number in 0..limits::ATTEMPTS_PER_ADDRESS + 5 {
        let said = format!("198.51.100.{number}");
        let lines = [
            FORM.to_owned(),
            format!("X-Forwarded-For: {said}"),
            format!("Forwarded: for={said}"),
            format!("X-Real-IP: {said}"),
            format!("CF-Connecting-IP: {said}"),
            format!("True-Client-IP: {said}"),
        ];
        let lines = lines.each_ref().map(String::as_str);
        let name = format!("nobody{number}@WRD01");
        let body = form(&[("name", &name), ("password", "wrong"), ("code", "000000")]);
        let answer = thief.send("POST", "/sign-in/password", &lines, &body).await;
        tried += u32::from(answer.status == 401);
    }
    assert_eq!(tried, limits::ATTEMPTS_PER_ADDRESS);
}
