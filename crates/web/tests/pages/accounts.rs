//! Who may do what to everybody's accounts.

use std::time::Duration;

use ward_identity::{News, Role};
use ward_testkit::ods;

use crate::browser::{Browser, serve, shown_link};

/// Every page and form of the accounts, of one account.
fn routes(id: &str) -> Vec<(&'static str, String)> {
    let mut routes = vec![
        ("GET", "/accounts".to_owned()),
        ("GET", "/accounts/add".to_owned()),
        ("POST", "/accounts/add".to_owned()),
        ("GET", format!("/accounts/{id}")),
    ];
    for step in ["link", "suspend", "resume"] {
        routes.push(("POST", format!("/accounts/{id}/{step}")));
    }
    for step in ["open", "approve", "stop", "link"] {
        routes.push(("POST", format!("/accounts/{id}/recovery/{step}")));
    }
    routes
}

#[tokio::test]
async fn whoever_does_not_keep_accounts_does_nothing_to_them() {
    let server = serve().await;
    let victim = Browser::with_passkey(&server, "victim", Role::Clinician).await;
    for role in [
        Role::Clinician,
        Role::CallHandler,
        Role::Receptionist,
        Role::Carer,
    ] {
        let mut other = Browser::with_passkey(&server, role.as_str(), role).await;
        let before = server.world.store("WRD01").log_position();
        let routes = routes(&victim.account.to_string());
        let count = routes.len() as u64;
        for (method, path) in routes {
            let answer = match method {
                "GET" => other.get(&path).await,
                _ => other.submit(&path, &[]).await,
            };
            assert_eq!(answer.status, 403, "{role} {method} {path}");
        }
        let after = server.world.store("WRD01").log_position();
        assert_eq!(after - before, count, "each refusal is written down");
    }
    assert_eq!(server.world.identity.accounts(&ods("WRD01")).len(), 5);
}

/// What governs information looks and recovers, and makes no accounts.
#[tokio::test]
async fn information_governance_makes_no_accounts() {
    let server = serve().await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    assert_eq!(ivy.get("/accounts").await.status, 200);
    for path in [
        "/accounts/add".to_owned(),
        format!("/accounts/{}/link", ivy.account),
    ] {
        assert_eq!(ivy.submit(&path, &[]).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn an_account_of_another_organisation_is_not_there() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let other = server
        .world
        .person("WRD02", "other", Role::Clinician, "1")
        .await;
    for (method, path) in routes(&other.account.to_string()).into_iter().skip(3) {
        let answer = match method {
            "GET" => ada.get(&path).await,
            _ => ada.submit(&path, &[("notes", "seen")]).await,
        };
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn an_account_is_made_suspended_and_let_in() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut john = Browser::with_passkey(&server, "john", Role::Carer).await;
    let own = format!("/accounts/{}", john.account);
    let suspended = ada.submit(&format!("{own}/suspend"), &[]).await;
    assert_eq!(suspended.header("location"), Some(own.as_str()));
    let shut = john.get("/").await;
    assert_eq!(shut.header("location"), Some("/sign-in"));
    assert!(ada.get(&own).await.body.contains("Suspended"));
    ada.submit(&format!("{own}/resume"), &[]).await;
    john.sign_in().await;

    let itself = format!("/accounts/{}/suspend", ada.account);
    assert_eq!(ada.submit(&itself, &[]).await.status, 409);
    let has_factors = ada.submit(&format!("{own}/link"), &[]).await;
    assert_eq!(has_factors.status, 409);
    for (fields, why) in [
        (
            &[("name", "john"), ("display_name", "J"), ("role", "carer")][..],
            "Somebody has",
        ),
        (
            &[("name", "må"), ("display_name", "J"), ("role", "carer")],
            "Use letters",
        ),
        (
            &[("name", "new"), ("display_name", ""), ("role", "carer")],
            "Type a name",
        ),
        (
            &[("name", "new"), ("display_name", "J"), ("role", "service")],
            "Choose a role",
        ),
        (
            &[("name", "new"), ("display_name", "J"), ("role", "")],
            "Choose a role",
        ),
    ] {
        let answer = ada.submit("/accounts/add", fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(why), "{why}");
    }
    let new = [
        ("name", "new"),
        ("display_name", "N"),
        ("role", "administrator"),
    ];
    let made = ada.submit("/accounts/add", &new).await;
    let link = shown_link(&made);
    assert!(made.body.contains("somebody else has let the account in"));
    assert_eq!(john.get(&link).await.status, 404, "not before it is let in");
    let accounts = server.world.identity.accounts(&ods("WRD01"));
    let new = accounts.iter().find(|one| one.name().local() == "new");
    let new = format!("/accounts/{}", new.unwrap().id());
    let own = ada.get(&new).await;
    assert!(own.body.contains("Somebody else must let it in"));
    assert_eq!(ada.submit(&format!("{new}/resume"), &[]).await.status, 409);
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::Administrator).await;
    assert!(ivy.get(&new).await.body.contains("Let the account in"));
    ivy.submit(&format!("{new}/resume"), &[]).await;
    assert_eq!(john.get(&link).await.status, 200);
}

#[tokio::test]
async fn a_change_of_ones_own_factors_is_told_until_it_is_seen() {
    let server = serve().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let assured = server
        .world
        .identity
        .authenticate(&mary.cookie, None)
        .unwrap();
    let identity = &server.world.identity;
    let started = identity.start_passkey_addition(&assured).unwrap();
    let mut spare = ward_testkit::SoftwarePasskey::at(ward_testkit::ORIGIN).unwrap();
    let response = spare.create(&started.options).await.unwrap();
    let token = mary.form_token();
    let body = format!(
        "{{\"ceremony\":\"{}\",\"credential\":{response},\"label\":\"Spare\"}}",
        started.ceremony
    );
    let added = mary.json("/account/passkeys/finish", &token, &body).await;
    assert_eq!(added.body, r#"{"next":"/account"}"#);
    assert!(mary.get("/").await.body.contains("“Spare”, was added"));
    mary.submit("/account/notices/seen", &[]).await;
    assert!(!mary.get("/").await.body.contains("Spare"));
    assert!(
        mary.get("/account")
            .await
            .body
            .contains("“Spare”, was added")
    );
    let factors = identity.factors(&ods("WRD01"), mary.account).unwrap();
    let id = &factors.passkeys[1].id;
    mary.submit(
        &format!("/account/passkeys/{id}/rename"),
        &[("label", "Drawer")],
    )
    .await;
    assert!(mary.get("/account").await.body.contains("Drawer"));
    mary.submit(&format!("/account/passkeys/{id}/remove"), &[])
        .await;
    let assured = identity.authenticate(&mary.cookie, None).unwrap();
    assert_eq!(identity.notices(&assured)[0].what, News::PasskeyRemoved);
    let last = &factors.passkeys[0].id;
    let kept = mary
        .submit(&format!("/account/passkeys/{last}/remove"), &[])
        .await;
    assert_eq!(kept.status, 409);
    server.world.clock.advance(Duration::from_mins(6));
    let stale = mary
        .json("/account/passkeys/start", &mary.form_token(), "{}")
        .await;
    assert_eq!(
        (stale.status, stale.body.as_str()),
        (401, r#"{"next":"/account/passkeys/add"}"#)
    );
}
