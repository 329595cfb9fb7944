//! The interruption: a fresh proof, and on where one was.

use std::time::Duration;

use ward_core::limits;
use ward_identity::Role;

use crate::browser::{Browser, PASSWORD, hidden, serve, shown_link};

const LATER: Duration = Duration::from_mins(6);
const NEW: [(&str, &str); 4] = [
    ("name", "asha"),
    ("display_name", "Asha \"A\" Patel"),
    ("role", "clinician"),
    ("practitioner", ""),
];

#[tokio::test]
async fn a_page_that_was_asked_for_is_come_back_to_without_javascript() {
    let server = serve().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    assert_eq!(mary.get("/account/passkeys/add").await.status, 200);
    server.world.clock.advance(LATER);
    let asked = mary.get("/account/passkeys/add").await;
    assert_eq!(asked.status, 401);
    assert!(asked.body.contains("Prove it is you"), "{}", asked.body);
    let (old, draft) = (mary.cookie.clone(), hidden(&asked, "draft"));
    let wrong = [
        ("password", PASSWORD),
        ("code", "000000"),
        ("draft", &draft),
    ];
    let refused = mary.submit("/prove/password", &wrong).await;
    assert_eq!((refused.status, mary.cookie.as_str()), (401, old.as_str()));
    assert_eq!(hidden(&refused, "draft"), draft);
    assert!(!refused.body.contains(PASSWORD));
    let code = mary.code();
    let right = [
        ("password", PASSWORD),
        ("code", code.as_str()),
        ("draft", &draft),
    ];
    let proved = mary.submit("/prove/password", &right).await;
    assert_eq!(proved.header("location"), Some("/prove/continue"));
    assert_ne!(mary.cookie, old, "class 27");
    let back = mary.get("/prove/continue").await;
    assert_eq!(back.header("location"), Some("/account/passkeys/add"));
    assert_eq!(mary.get("/account/passkeys/add").await.status, 200);
    let again = mary.get("/prove/continue").await;
    assert_eq!(again.header("location"), Some("/"), "once");
    mary.cookie = old;
    let thief = mary.get("/account").await;
    assert_eq!(thief.header("location"), Some("/sign-in"));
}

#[tokio::test]
async fn what_a_form_held_is_kept_and_sent_again() {
    let server = serve().await;
    let mut admin = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    server.world.clock.advance(LATER);
    let asked = admin.submit("/accounts/add", &NEW).await;
    assert_eq!(asked.status, 401);
    assert!(!asked.head.contains("asha") && !asked.body.contains("Asha"));
    let (token, draft) = (admin.form_token(), hidden(&asked, "draft"));
    let (start, finish) = ("/prove/passkey/start", "/prove/passkey/finish");
    let forged = admin.by_passkey(start, finish, "", &draft).await;
    assert_eq!(forged.status, 403, "a form of no session");
    let proved = admin.by_passkey(start, finish, &token, &draft).await;
    assert_eq!(proved.body, r#"{"next":"/prove/continue"}"#);
    let goes_on = admin.get("/prove/continue").await;
    let kept = hidden(&goes_on, "display_name").replace("&quot;", "\"");
    assert_eq!(
        (hidden(&goes_on, "name"), kept.as_str()),
        ("asha".into(), NEW[1].1)
    );
    assert_eq!(
        hidden(&goes_on, "form_token"),
        admin.form_token(),
        "of the new session"
    );
    let made = admin.submit("/accounts/add", &NEW).await;
    assert_eq!(made.status, 200);
    let link = shown_link(&made);
    let mut anyone = Browser::with_passkey(&server, "john", Role::Carer).await;
    assert_eq!(anyone.get(&link).await.status, 200);
}

/// The attack: another's draft, by its name, or by a guess.
#[tokio::test]
async fn nobody_goes_on_with_anothers_draft() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut eve = Browser::with_passkey(&server, "eve", Role::Administrator).await;
    server.world.clock.advance(LATER);
    let asked = ada.submit("/accounts/add", &NEW).await;
    let draft = hidden(&asked, "draft");
    let token = eve.form_token();
    let (start, finish) = ("/prove/passkey/start", "/prove/passkey/finish");
    let proved = eve.by_passkey(start, finish, &token, &draft).await;
    assert_eq!(proved.status, 200);
    let nothing = eve.get("/prove/continue").await;
    assert_eq!(nothing.header("location"), Some("/"));
    server.world.clock.advance(limits::STEP_UP_DRAFT);
    let token = ada.form_token();
    ada.by_passkey(start, finish, &token, &draft).await;
    let late = ada.get("/prove/continue").await;
    assert_eq!(late.header("location"), Some("/"), "drafts end");
}

/// Class 8: nothing, twice, and what is no answer, at each step.
#[tokio::test]
async fn malformed_proofs_prove_nothing() {
    let server = serve().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    let cookie = mary.cookie.clone();
    let code = mary.code();
    for fields in [
        &[][..],
        &[("password", ""), ("code", "")],
        &[
            ("password", PASSWORD),
            ("password", PASSWORD),
            ("code", &code),
        ],
    ] {
        let answer = mary.submit("/prove/password", fields).await;
        assert_eq!(answer.status, 401);
    }
    let token = mary.form_token();
    for body in [
        "",
        "null",
        "{}",
        "[]",
        r#"{"ceremony":"","credential":null}"#,
    ] {
        let answer = mary.json("/prove/passkey/finish", &token, body).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    assert_eq!(mary.cookie, cookie);
    let nothing = mary.get("/prove/continue").await;
    assert_eq!(nothing.header("location"), Some("/"));
}

#[tokio::test]
async fn who_has_no_passkey_is_told_that_one_is_wanted() {
    let server = serve().await;
    let mut typing = Browser::with_password(&server, "typing", Role::Administrator).await;
    let asked = typing.submit("/accounts/add", &NEW).await;
    assert_eq!(asked.status, 401);
    assert!(asked.body.contains("your account has none"));
    assert!(!asked.body.contains("name=\"password\""));
}
