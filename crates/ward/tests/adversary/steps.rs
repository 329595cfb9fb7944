//! Steps that are begun again, left out, crossed or done with a weaker proof.

use std::time::Duration;

use ward_core::limits;
use ward_identity::Role;
use ward_testkit::{Browser, PASSWORD, Server, link, session_set_by};

use crate::fixture::{assert_refused, empty};

const START: &str = "/sign-in/passkey/start";
const FINISH: &str = "/sign-in/passkey/finish";
const ADD: &str = "/account/passkeys/add";

/// Mary has a passkey, and a password with an app: of both ways in, one is the weaker.
async fn with_both<'a>(server: &'a Server, name: &str) -> Browser<'a> {
    let mut browser = Browser::with_password(server, name, Role::Clinician).await;
    let token = browser.form_token();
    let started = browser.json("/account/passkeys/start", &token, "{}").await;
    let (ceremony, options) = ward_testkit::ceremony(&started);
    let made = browser.passkey.create(&options).await.unwrap();
    let body = format!("{{\"ceremony\":\"{ceremony}\",\"credential\":{made}}}");
    let added = browser
        .json("/account/passkeys/finish", &token, &body)
        .await;
    assert_eq!(added.status, 200, "{}", added.body);
    browser
}

/// Keycloak CVE-2026-94218: a flow that is begun again forgets what it asks for.
#[tokio::test]
async fn class_04_restart_drops_policy() {
    let server = empty().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    server
        .world
        .clock
        .advance(limits::FRESH_PROOF + Duration::from_secs(1));
    let (cookie, token) = (mary.cookie.clone(), mary.form_token());
    assert_eq!(
        mary.get(ADD).await.status,
        401,
        "a fresh proof is asked for"
    );
    // Begun, and begun again, there and at the sign-in; and the page of going on, asked for at once.
    for path in ["/prove/passkey/start", "/prove/passkey/start", START] {
        assert_eq!(mary.json(path, &token, "{}").await.status, 200, "{path}");
        let goes_on = mary.get("/prove/continue").await;
        assert_eq!(goes_on.header("location"), Some("/"), "{path}");
        assert_eq!(mary.get(ADD).await.status, 401, "after {path}");
    }
    // An answer to one flow, given to the other.
    let sign_in = mary.json(START, "", "{}").await;
    let answer = mary.answer(&sign_in, "").await;
    let crossed = mary.json("/prove/passkey/finish", &token, &answer).await;
    assert_eq!(
        crossed.status, 400,
        "a sign-in proves nothing within a session"
    );
    let step_up = mary.json("/prove/passkey/start", &token, "{}").await;
    let answer = mary.answer(&step_up, "").await;
    let crossed = mary.json(FINISH, "", &answer).await;
    assert_eq!(crossed.status, 400, "a step-up signs nobody in");
    assert_eq!(mary.get(ADD).await.status, 401);
    assert_eq!(mary.cookie, cookie);
    // One that another session began.
    let mut other = Browser::new(&server, mary.account);
    other.passkey = mary.passkey.clone();
    other.sign_in().await;
    let begun = other
        .json("/prove/passkey/start", &other.form_token(), "{}")
        .await;
    let answer = mary.answer(&begun, "").await;
    let crossed = mary.json("/prove/passkey/finish", &token, &answer).await;
    assert_eq!(crossed.status, 400, "begun in another session");
    assert_eq!(mary.get(ADD).await.status, 401);
    // The right one is enough, once.
    let begun = mary.json("/prove/passkey/start", &token, "{}").await;
    let answer = mary.answer(&begun, "").await;
    assert_eq!(
        mary.json("/prove/passkey/finish", &token, &answer)
            .await
            .status,
        200
    );
    assert_eq!(mary.get(ADD).await.status, 200);
    let token = mary.form_token();
    let again = mary.json("/prove/passkey/finish", &token, &answer).await;
    assert_eq!(again.status, 400, "it was finished before");
}

/// Keycloak CVE-2026-3429: a session of less than the account's best proof changes its factors.
#[tokio::test]
async fn class_05_weak_session_edits_factors() {
    let server = empty().await;
    let mut mary = with_both(&server, "mary").await;
    let page = mary.get("/account").await;
    let (_, rest) = page.body.split_once("/account/passkeys/").unwrap();
    let mut ids = page.body.split("/account/passkeys/").skip(1);
    let id = ids.find_map(|rest| {
        rest.get(..32)
            .filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    let id = id
        .unwrap_or_else(|| panic!("no passkey in {rest}"))
        .to_owned();
    let of = |what: &str| format!("/account/passkeys/{id}/{what}");
    let (rename, remove) = (of("rename"), of("remove"));
    let forms: [(&str, &[(&str, &str)]); 4] = [
        (&rename, &[("label", "Mine now")]),
        (&remove, &[]),
        (
            "/account/password",
            &[("password", "nine lorries in rain"), ("code", "000000")],
        ),
        ("/account/password/remove", &[]),
    ];
    let edits_refused = async |mary: &mut Browser<'_>, why: &str| {
        for (path, fields) in forms {
            let answer = mary.submit(path, fields).await;
            assert_eq!(answer.status, 401, "{why}: {path} {}", answer.body);
        }
        let token = mary.form_token();
        for path in ["/account/passkeys/start", "/account/passkeys/finish"] {
            let body = r#"{"ceremony":"x","credential":{}}"#;
            let answer = mary.json(path, &token, body).await;
            assert_eq!(answer.status, 401, "{why}: {path} {}", answer.body);
        }
        for path in [ADD, "/account/password"] {
            let answer = mary.get(path).await;
            assert_eq!(answer.status, 401, "{why}: {path}");
        }
    };
    // Begun with a password: the account has better.
    edits_refused(&mut mary, "a password").await;
    // Begun with the passkey, and grown old.
    mary.sign_in().await;
    server
        .world
        .clock
        .advance(limits::FRESH_PROOF + Duration::from_secs(1));
    edits_refused(&mut mary, "an old proof").await;
    // A password makes no old proof by passkey a fresh one.
    let code = mary.code();
    let proof = [("password", PASSWORD), ("code", code.as_str())];
    assert_eq!(mary.submit("/prove/password", &proof).await.status, 401);
    edits_refused(&mut mary, "a password beside a passkey").await;
    let page = mary.get("/account").await;
    assert!(page.body.contains(&id) && !page.body.contains("Mine now"));
    // With the passkey, just now, it is done.
    let token = mary.form_token();
    let (start, finish) = ("/prove/passkey/start", "/prove/passkey/finish");
    assert_eq!(mary.by_passkey(start, finish, &token, "").await.status, 200);
    let renamed = mary.submit(&rename, &[("label", "Mine now")]).await;
    assert_eq!(renamed.status, 303);
}

/// authentik CVE-2026-49448: a stage that is sent nothing counts as done.
#[tokio::test]
async fn class_08_stage_skipped_by_empty_input() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    mary.cookie.clear();
    let code = mary.code();
    let right = [
        ("name", "mary@WRD01"),
        ("password", PASSWORD),
        ("code", code.as_str()),
    ];
    let mut bent: Vec<Vec<(&str, &str)>> = vec![vec![]];
    for place in 0..right.len() {
        let without = right.iter().enumerate().filter(|(at, _)| *at != place);
        bent.push(without.map(|(_, field)| *field).collect());
        for other in ["", " ", "\u{200B}", "null", "undefined", "0", "true", "[]"] {
            let mut fields = right.to_vec();
            fields[place].1 = other;
            bent.push(fields);
        }
        let mut twice = right.to_vec();
        twice.push(right[place]);
        bent.push(twice);
        let mut array = right.to_vec();
        let names = [("name[]", 0), ("password[]", 1), ("code[]", 2)];
        array[place].0 = names[place].0;
        bent.push(array);
    }
    for fields in bent {
        // An attempt costs, or each would only be told to wait.
        server.world.clock.advance(limits::ATTEMPT_WINDOW * 40);
        let answer = mary.post("/sign-in/password", &fields).await;
        assert!(
            [400, 401].contains(&answer.status),
            "{fields:?}: {}",
            answer.head
        );
        assert_eq!(session_set_by(&answer), None, "{fields:?}");
    }
    for path in [FINISH, "/prove/passkey/finish", "/account/passkeys/finish"] {
        for body in [
            "",
            "null",
            "{}",
            "[]",
            "0",
            "\"\"",
            r#"{"ceremony":"","credential":null}"#,
        ] {
            let answer = mary.json(path, "", body).await;
            assert_refused(&answer, &format!("{path} {body}"));
        }
    }
    // The link of an enrolment, sent nothing, enrols nothing.
    let link = link(&server, "new", Role::Clinician).await;
    let base = format!("/enrol/{}", link.token.expose());
    let started = mary.post(&format!("{base}/password/start"), &[]).await;
    let ceremony = ward_testkit::hidden(&started, "ceremony");
    for fields in [
        &[][..],
        &[("ceremony", &*ceremony)],
        &[
            ("ceremony", &ceremony),
            ("password", "nine lorries in rain"),
        ],
        &[
            ("ceremony", &ceremony),
            ("password", "nine lorries in rain"),
            ("code", ""),
        ],
        &[
            ("ceremony", ""),
            ("password", "nine lorries in rain"),
            ("code", "000000"),
        ],
    ] {
        let answer = mary.post(&format!("{base}/password/finish"), fields).await;
        assert!(
            [400, 422].contains(&answer.status),
            "{fields:?}: {}",
            answer.head
        );
    }
    let identity = &server.world.identity;
    let factors = identity.factors(&ward_testkit::ods("WRD01"), link.account);
    let factors = factors.unwrap();
    assert!(!factors.password_and_totp && factors.passkeys.is_empty());
    assert!(
        identity.enrolment(link.token.expose()).is_some(),
        "the link is whole"
    );
}
