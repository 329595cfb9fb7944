//! Signing in with a passkey.

use std::time::Duration;

use ward_core::limits;
use ward_identity::{Author, Caller, Error, Role};
use ward_log::Factors;
use ward_testkit::SoftwarePasskey;

use crate::world::{ORIGIN, World, from, ods};

#[tokio::test]
async fn a_passkey_signs_in_without_a_name() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    assert_eq!(signed_in.account.id(), account);
    let assured = world.session(&signed_in).unwrap();
    assert_eq!(assured.account(), account);
    assert_eq!(assured.organisation(), &ods("WRD01"));
    assert_eq!(assured.role(), Role::Clinician);
    assert_eq!(assured.factors(), Factors::PASSKEY);
    assert!(assured.phishing_resistant() && assured.scopes().is_empty());
    assert_eq!(assured.proved_at(), world.now());
    let factors = world.identity.factors(&ods("WRD01"), account).unwrap();
    assert_eq!(factors.passkeys[0].last_used, Some(world.now()));
}

#[tokio::test]
async fn the_browser_is_asked_for_verification_and_for_a_discoverable_passkey() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let started = world
        .identity
        .start_passkey_enrolment(link.token.expose())
        .unwrap();
    for asked in [
        r#""residentKey":"required""#,
        r#""requireResidentKey":true"#,
        r#""userVerification":"required""#,
        r#""id":"localhost""#,
    ] {
        assert!(
            started.options.contains(asked),
            "{asked}: {}",
            started.options
        );
    }
    let started = world
        .identity
        .start_passkey_sign_in(&Caller::default())
        .unwrap();
    assert!(started.options.contains(r#""userVerification":"required""#));
    assert!(!started.options.contains("mediation"));
}

#[tokio::test]
async fn an_answer_is_good_once() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let caller = Caller::default();
    let started = world.identity.start_passkey_sign_in(&caller).unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    let finish = |ceremony: String| {
        let response = response.clone();
        let identity = &world.identity;
        async move {
            identity
                .finish_passkey_sign_in(&ceremony, &response, &Caller::default())
                .await
        }
    };
    assert!(finish(started.ceremony.clone()).await.is_ok());
    assert!(matches!(
        finish(started.ceremony).await,
        Err(Error::Ceremony)
    ));
    let other = world.identity.start_passkey_sign_in(&caller).unwrap();
    assert!(
        matches!(finish(other.ceremony).await, Err(Error::SignIn)),
        "another challenge"
    );
}

#[tokio::test]
async fn an_answer_that_comes_late_is_refused() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let started = world
        .identity
        .start_passkey_sign_in(&Caller::default())
        .unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    world.pass(limits::CEREMONY);
    let finished = world
        .identity
        .finish_passkey_sign_in(&started.ceremony, &response, &Caller::default())
        .await;
    assert!(matches!(finished, Err(Error::Ceremony)));
}

#[tokio::test]
async fn a_passkey_at_another_origin_is_refused() {
    let world = World::new();
    let (_, passkey) = world.with_passkey("mary").await;
    for origin in [
        "https://localhost:9443",
        "https://localhost",
        "http://localhost:8443",
    ] {
        let mut elsewhere = passkey.moved_to(origin).unwrap();
        assert!(
            matches!(world.sign_in(&mut elsewhere).await, Err(Error::SignIn)),
            "{origin}"
        );
    }
    let link = world.account("WRD01", "john", Role::Carer).await;
    let mut elsewhere = SoftwarePasskey::at("https://localhost:9443").unwrap();
    let enrolled = world.enrol_passkey(&link, &mut elsewhere).await;
    assert!(matches!(enrolled, Err(Error::Passkey)));
}

#[tokio::test]
async fn presence_without_verification_is_no_second_factor() {
    let world = World::new();
    let (_, passkey) = world.with_passkey("mary").await;
    let mut touched = passkey.without_verification();
    assert!(matches!(
        world.sign_in(&mut touched).await,
        Err(Error::SignIn)
    ));
    let link = world.account("WRD01", "john", Role::Carer).await;
    let mut touched = SoftwarePasskey::at(ORIGIN).unwrap().without_verification();
    assert!(matches!(
        world.enrol_passkey(&link, &mut touched).await,
        Err(Error::Passkey)
    ));
}

#[tokio::test]
async fn a_cloned_authenticator_is_refused() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap().counting();
    world.enrol_passkey(&link, &mut passkey).await.unwrap();
    let mut clone = passkey.clone();
    world.sign_in(&mut passkey).await.unwrap();
    world.sign_in(&mut passkey).await.unwrap();
    assert!(matches!(
        world.sign_in(&mut clone).await,
        Err(Error::SignIn)
    ));
    world.sign_in(&mut passkey).await.unwrap();
}

/// Class 17: a revoked factor still asserts.
#[tokio::test]
async fn a_removed_passkey_asserts_and_gets_nothing() {
    let world = World::new();
    let (account, mut first) = world.with_passkey("mary").await;
    let mut second = SoftwarePasskey::at(ORIGIN).unwrap();
    let signed_in = world.sign_in(&mut first).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let started = world.identity.start_passkey_addition(&assured).unwrap();
    let response = second.create(&started.options).await.unwrap();
    let (ceremony, caller) = (&started.ceremony, Caller::default());
    let added = world
        .identity
        .finish_passkey_addition(&assured, ceremony, &response, "Spare", &caller);
    added.await.unwrap();
    let with_second = world.sign_in(&mut second).await.unwrap();
    let factors = world.identity.factors(&ods("WRD01"), account).unwrap();
    let spare = factors
        .passkeys
        .iter()
        .find(|passkey| passkey.label == "Spare")
        .unwrap();
    world
        .identity
        .remove_passkey(&assured, &spare.id, &caller)
        .await
        .unwrap();
    assert!(world.session(&with_second).is_none(), "its sessions end");
    assert!(
        world.session(&signed_in).is_some(),
        "the session that removed it goes on"
    );
    assert!(matches!(
        world.sign_in(&mut second).await,
        Err(Error::SignIn)
    ));
    let first_id = &factors.passkeys[0].id;
    let last = world
        .identity
        .remove_passkey(&assured, first_id, &caller)
        .await;
    assert!(
        matches!(last, Err(Error::NotPossible(_))),
        "the last way in stays"
    );
}

/// Class 5: a weak or old session edits factors.
#[tokio::test]
async fn factors_change_only_after_a_fresh_proof_of_the_same_strength() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    world.pass(limits::FRESH_PROOF + Duration::from_secs(1));
    let assured = world.session(&signed_in).unwrap();
    let started = world.identity.start_passkey_addition(&assured);
    assert!(matches!(started, Err(Error::FreshProof)));
}

#[tokio::test]
async fn a_ceremony_of_one_account_is_no_other_accounts() {
    let world = World::new();
    let mary = world.account("WRD01", "mary", Role::Clinician).await;
    let john = world.account("WRD01", "john", Role::Carer).await;
    let started = world
        .identity
        .start_passkey_enrolment(mary.token.expose())
        .unwrap();
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    let response = passkey.create(&started.options).await.unwrap();
    let (john, ceremony) = (john.token.expose(), &started.ceremony);
    let caller = Caller::default();
    let finished = world
        .identity
        .finish_passkey_enrolment(john, ceremony, &response, "", &caller);
    assert!(matches!(finished.await, Err(Error::Ceremony)));
}

/// Class 8: empty, null, duplicate and malformed input at each step.
#[tokio::test]
async fn malformed_answers_are_refused() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let started = world
        .identity
        .start_passkey_sign_in(&Caller::default())
        .unwrap();
    let good = passkey.get(&started.options).await.unwrap();
    let no_handle = good.replace("\"userHandle\":\"", "\"userHandle\":null,\"x\":\"");
    let other_handle = good.replace("\"userHandle\":\"", "\"userHandle\":\"AAAA");
    let twice = good.replacen('{', r#"{"id":"AAAA","#, 1);
    for bad in [
        "",
        "null",
        "{}",
        "[]",
        "\"\"",
        &no_handle,
        &other_handle,
        &twice,
        &good[1..],
    ] {
        let started = world
            .identity
            .start_passkey_sign_in(&Caller::default())
            .unwrap();
        let finished = world
            .identity
            .finish_passkey_sign_in(&started.ceremony, bad, &Caller::default())
            .await;
        assert!(matches!(finished, Err(Error::SignIn)), "{bad}");
    }
    for ceremony in ["", "null", "AAAA", &"A".repeat(43)] {
        let finished = world
            .identity
            .finish_passkey_sign_in(ceremony, &good, &Caller::default())
            .await;
        assert!(matches!(finished, Err(Error::Ceremony)), "{ceremony}");
    }
}

#[tokio::test]
async fn a_suspended_owner_is_refused_and_a_resumed_one_gets_in() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    world
        .identity
        .suspend(Author::Setup, account)
        .await
        .unwrap();
    assert!(matches!(
        world.sign_in(&mut passkey).await,
        Err(Error::SignIn)
    ));
    world.identity.resume(Author::Setup, account).await.unwrap();
    world.sign_in(&mut passkey).await.unwrap();
}

/// The attack: a guest behind the address of a hospital starts without end. The hospital's people
/// get in all the same, and what others have under way goes on.
#[tokio::test]
async fn a_flood_of_starts_keeps_nobody_out() {
    let world = World::new();
    let (_, mut mary) = world.with_passkey("mary").await;
    let (_, mut john) = world.with_passkey("john").await;
    let (hospital, elsewhere) = (from("192.0.2.9"), from("192.0.2.10"));
    let started = world.identity.start_passkey_sign_in(&elsewhere).unwrap();
    for _ in 0..limits::CEREMONIES + 10 {
        let _ = world.identity.start_passkey_sign_in(&hospital);
    }
    world.sign_in_as(&mut mary, &hospital).await.unwrap();
    let response = john.get(&started.options).await.unwrap();
    world
        .identity
        .finish_passkey_sign_in(&started.ceremony, &response, &elsewhere)
        .await
        .unwrap();
}

/// The same attack from all addresses of an IPv6 network that one customer has.
#[tokio::test]
async fn a_flood_of_starts_from_one_ipv6_network_keeps_nobody_out() {
    let world = World::new();
    let (_, mut mary) = world.with_passkey("mary").await;
    let elsewhere = from("2001:db8:6::1");
    let started = world.identity.start_passkey_sign_in(&elsewhere).unwrap();
    for n in 0..limits::CEREMONIES + 10 {
        let attacker = from(&format!("2001:db8:5:{:x}::1", n % 65_536));
        world.identity.start_passkey_sign_in(&attacker).unwrap();
    }
    let response = mary.get(&started.options).await.unwrap();
    world
        .identity
        .finish_passkey_sign_in(&started.ceremony, &response, &elsewhere)
        .await
        .unwrap();
}
