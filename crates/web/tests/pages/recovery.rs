//! A recovery by three people, over the pages, with its hour.

use std::time::Duration;

use ward_core::limits;
use ward_identity::Role;
use ward_testkit::SoftwarePasskey;

use crate::browser::{Browser, hidden, serve, shown_link};

const NOTES: &str = "Staff card seen; called back on the ward's own number";

#[tokio::test]
async fn three_people_and_an_hour_recover_an_account() {
    let server = serve().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    let account = format!("/accounts/{}", mary.account);
    let step = |name: &str| format!("{account}/recovery/{name}");
    let opened = ada.submit(&step("open"), &[("notes", NOTES)]).await;
    assert_eq!(opened.header("location"), Some(account.as_str()));
    let seen = ivy.get(&account).await;
    assert!(seen.body.contains("Staff card seen"));
    let id = hidden(&seen, "recovery");
    assert!(
        mary.get("/")
            .await
            .body
            .contains("asked to recover your account")
    );
    let own = [("recovery", id.as_str())];
    assert_eq!(
        ada.submit(&step("approve"), &own).await.status,
        409,
        "not who opened it"
    );
    assert_eq!(
        ada.submit(&step("link"), &own).await.status,
        409,
        "not yet approved"
    );
    assert_eq!(ivy.submit(&step("approve"), &own).await.status, 303);
    assert_eq!(ada.submit(&step("link"), &own).await.status, 409, "not yet");
    // In steps shorter than a session's idle time.
    for _ in 0..6 {
        server.world.clock.advance(limits::RECOVERY_DELAY / 6);
        ada.get("/").await;
        mary.get("/").await;
    }
    let asked = ada.submit(&step("link"), &own).await;
    assert_eq!(asked.status, 401, "the proof is an hour old");
    ada.sign_in().await;
    assert!(ada.get(&account).await.body.contains("Show the link"));
    let link = shown_link(&ada.submit(&step("link"), &own).await);
    assert_eq!(ada.submit(&step("link"), &own).await.status, 409, "once");

    let page = ada.get(&link).await;
    assert!(page.body.contains("Your account is being recovered"));
    let identity = &server.world.identity;
    let token = link.strip_prefix("/enrol/").unwrap();
    let started = identity.start_passkey_enrolment(token).unwrap();
    let mut found = SoftwarePasskey::at(ward_testkit::ORIGIN).unwrap();
    let response = found.create(&started.options).await.unwrap();
    let body = format!(
        "{{\"ceremony\":\"{}\",\"credential\":{response}}}",
        started.ceremony
    );
    let mut new = Browser {
        cookie: String::new(),
        passkey: found,
        ..mary
    };
    let done = new.json(&format!("{link}/passkey/finish"), "", &body).await;
    assert_eq!(done.body, r#"{"next":"/enrolled"}"#);
    assert!(new.cookie.is_empty(), "it begins no session");
    assert_eq!(new.get(&link).await.status, 404);
    new.sign_in().await;
    assert!(
        new.get("/")
            .await
            .body
            .contains("The account was recovered on")
    );
}

#[tokio::test]
async fn the_person_stops_it_from_the_page_that_they_are_on() {
    let server = serve().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut john = Browser::with_passkey(&server, "john", Role::Carer).await;
    let account = format!("/accounts/{}", mary.account);
    let open = format!("{account}/recovery/open");
    ada.submit(&open, &[("notes", NOTES)]).await;
    server.world.clock.advance(Duration::from_mins(10));
    let shown = mary.get("/patients").await;
    let id = hidden(&shown, "recovery");
    let own = [("recovery", id.as_str())];
    let anothers = john.submit("/account/recovery/stop", &own).await;
    assert_eq!(anothers.status, 409, "not by anyone else");
    mary.submit("/account/recovery/stop", &own).await;
    assert!(!mary.get("/").await.body.contains("asked to recover"));
    ada.sign_in().await;
    assert!(!ada.get(&account).await.body.contains("is being recovered"));
    for notes in ["", " ", &"x".repeat(limits::RECOVERY_NOTES_CHARS + 1)] {
        assert_eq!(ada.submit(&open, &[("notes", notes)]).await.status, 409);
    }
    let own = format!("/accounts/{}/recovery/open", ada.account);
    assert_eq!(ada.submit(&own, &[("notes", NOTES)]).await.status, 409);
}
