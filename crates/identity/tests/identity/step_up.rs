//! Proving again who one is, within a session.

use std::time::Duration;

use ward_core::limits;
use ward_identity::{Assured, Author, Caller, Error, SignedIn, StepUpWays};
use ward_testkit::SoftwarePasskey;

use crate::world::{PASSWORD, World, from};

fn with(session: &SignedIn) -> Caller<'_> {
    Caller {
        session: Some(session.token.expose()),
        ..from("192.0.2.1")
    }
}

async fn prove(
    world: &World,
    assured: &Assured,
    passkey: &mut SoftwarePasskey,
    caller: &Caller<'_>,
) -> Result<SignedIn, Error> {
    let started = world.identity.start_passkey_step_up(assured)?;
    let response = passkey.get(&started.options).await.unwrap();
    world
        .identity
        .finish_passkey_step_up(assured, &started.ceremony, &response, caller)
        .await
}

/// Class 27: what a thief had seen of the session before the proof opens nothing after it.
#[tokio::test]
async fn a_fresh_proof_gives_the_session_another_token_and_another_name() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let old = world.sign_in(&mut passkey).await.unwrap();
    world.pass(limits::FRESH_PROOF + Duration::from_secs(1));
    let assured = world.session(&old).unwrap();
    assert!(matches!(
        world.identity.start_passkey_addition(&assured),
        Err(Error::FreshProof)
    ));
    let new = prove(&world, &assured, &mut passkey, &with(&old))
        .await
        .unwrap();
    assert_ne!(new.session, old.session);
    assert!(world.session(&old).is_none(), "the old token is over");
    let assured = world.session(&new).unwrap();
    assert_eq!(assured.proved_at(), world.now());
    assert!(!assured.is_form_token(""));
    world.identity.start_passkey_addition(&assured).unwrap();
    let world = world.restart();
    assert!(world.session(&old).is_none() && world.session(&new).is_some());
}

#[tokio::test]
async fn another_accounts_passkey_proves_nothing_here() {
    let world = World::new();
    let (_, mut marys) = world.with_passkey("mary").await;
    let (_, mut johns) = world.with_passkey("john").await;
    let mary = world.sign_in(&mut marys).await.unwrap();
    let assured = world.session(&mary).unwrap();
    let proved = prove(&world, &assured, &mut johns, &with(&mary)).await;
    assert!(matches!(proved, Err(Error::SignIn)));
    assert!(world.session(&mary).is_some(), "and ends nothing");
}

/// Classes 3 and 4: a ceremony of another session, another account or another kind, or used twice.
#[tokio::test]
async fn a_ceremony_is_of_one_session_and_works_once() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let one = world.sign_in(&mut passkey).await.unwrap();
    let two = world.sign_in(&mut passkey).await.unwrap();
    let (first, second) = (world.session(&one).unwrap(), world.session(&two).unwrap());
    let identity = &world.identity;
    let started = identity.start_passkey_step_up(&first).unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    let caller = with(&two);
    let elsewhere = identity.finish_passkey_step_up(&second, &started.ceremony, &response, &caller);
    assert!(matches!(elsewhere.await, Err(Error::Ceremony)));
    let caller = with(&one);
    let again = identity.finish_passkey_step_up(&first, &started.ceremony, &response, &caller);
    assert!(matches!(again.await, Err(Error::Ceremony)), "it was used");

    let started = identity.start_passkey_step_up(&first).unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    let signed_in = identity.finish_passkey_sign_in(&started.ceremony, &response, &caller);
    assert!(matches!(signed_in.await, Err(Error::Ceremony)));
    let started = identity.start_passkey_sign_in(&caller).unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    let proved = identity.finish_passkey_step_up(&first, &started.ceremony, &response, &caller);
    assert!(matches!(proved.await, Err(Error::Ceremony)));
}

/// The token in the browser and the session that asks must be one: else a proof in one session
/// would end another.
#[tokio::test]
async fn a_proof_is_for_the_session_whose_token_came_with_it() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let one = world.sign_in(&mut passkey).await.unwrap();
    let two = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&one).unwrap();
    for caller in [with(&two), from("192.0.2.1")] {
        let proved = prove(&world, &assured, &mut passkey, &caller).await;
        assert!(matches!(proved, Err(Error::FreshProof)));
    }
    assert!(world.session(&one).is_some() && world.session(&two).is_some());
}

#[tokio::test]
async fn a_session_that_is_over_proves_nothing_again() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let session = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&session).unwrap();
    let started = world.identity.start_passkey_step_up(&assured).unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    world.identity.sign_out_everywhere(&assured).await.unwrap();
    let caller = with(&session);
    let proved =
        world
            .identity
            .finish_passkey_step_up(&assured, &started.ceremony, &response, &caller);
    assert!(matches!(proved.await, Err(Error::FreshProof)));
    assert!(world.identity.start_passkey_step_up(&assured).is_err());

    let session = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&session).unwrap();
    let started = world.identity.start_passkey_step_up(&assured).unwrap();
    let response = passkey.get(&started.options).await.unwrap();
    world
        .identity
        .suspend(Author::Setup, account)
        .await
        .unwrap();
    let caller = with(&session);
    let proved =
        world
            .identity
            .finish_passkey_step_up(&assured, &started.ceremony, &response, &caller);
    assert!(matches!(proved.await, Err(Error::FreshProof)));
}

#[tokio::test]
async fn a_password_and_a_code_prove_again_what_they_proved_before() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let sign_in = async |code: &str| {
        let caller = from("192.0.2.1");
        world
            .identity
            .sign_in_with_password("mary@WRD01", PASSWORD, code, &caller)
            .await
    };
    let old = sign_in(&app.code(world.now())).await.unwrap();
    world.pass(Duration::from_mins(10));
    let assured = world.session(&old).unwrap();
    let ways = StepUpWays {
        provider: None,
        passkey: false,
        password: true,
    };
    assert_eq!(world.identity.step_up_ways(&assured), ways);
    let caller = with(&old);
    let code = app.code(world.now());
    for (password, code) in [
        ("", code.as_str()),
        (PASSWORD, ""),
        (PASSWORD, "000000"),
        ("not this one at all", &code),
    ] {
        let proved = world
            .identity
            .step_up_with_password(&assured, password, code, &caller);
        assert!(matches!(proved.await, Err(Error::SignIn)), "{code}");
    }
    let proved = world
        .identity
        .step_up_with_password(&assured, PASSWORD, &code, &caller);
    let new = proved.await.unwrap();
    assert!(world.session(&old).is_none());
    let assured = world.session(&new).unwrap();
    assert!(!assured.phishing_resistant());
    let caller = with(&new);
    let replayed = world
        .identity
        .step_up_with_password(&assured, PASSWORD, &code, &caller);
    assert!(matches!(replayed.await, Err(Error::SignIn)), "class 12");
}

#[tokio::test]
async fn guessing_within_a_session_counts_as_guessing_before_it() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let caller = from("192.0.2.1");
    let code = app.code(world.now());
    let signed_in = world
        .identity
        .sign_in_with_password("mary@WRD01", PASSWORD, &code, &caller);
    let session = signed_in.await.unwrap();
    let assured = world.session(&session).unwrap();
    let mut refused = None;
    for _ in 0..=limits::ATTEMPTS_PER_ACCOUNT {
        let caller = with(&session);
        let proved = world
            .identity
            .step_up_with_password(&assured, PASSWORD, "000000", &caller);
        refused = proved.await.err();
    }
    assert!(matches!(refused, Some(Error::TooManyAttempts { .. })));
    let elsewhere = world
        .identity
        .sign_in_with_password("mary@WRD01", PASSWORD, "000000", &caller);
    assert!(matches!(
        elsewhere.await,
        Err(Error::TooManyAttempts { .. })
    ));
}

/// The attack: a stolen session of a passkey, and a phished password of the same person.
#[tokio::test]
async fn a_weaker_proof_never_takes_the_place_of_a_stronger_one() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let caller = from("192.0.2.1");
    let code = app.code(world.now());
    let typed = world
        .identity
        .sign_in_with_password("mary@WRD01", PASSWORD, &code, &caller);
    let session = typed.await.unwrap();
    let assured = world.session(&session).unwrap();
    let mut passkey = SoftwarePasskey::at(crate::world::ORIGIN).unwrap();
    let started = world.identity.start_passkey_addition(&assured).unwrap();
    let response = passkey.create(&started.options).await.unwrap();
    let identity = &world.identity;
    let added =
        identity.finish_passkey_addition(&assured, &started.ceremony, &response, "Key", &caller);
    added.await.unwrap();
    assert!(matches!(
        identity.check_own_factors(&assured),
        Err(Error::FreshProof)
    ));
    let strong = prove(&world, &assured, &mut passkey, &with(&session))
        .await
        .unwrap();
    let assured = world.session(&strong).unwrap();
    assert!(assured.phishing_resistant());
    identity.check_own_factors(&assured).unwrap();
    world.pass(Duration::from_mins(10));
    assert!(!identity.step_up_ways(&assured).password);
    let code = app.code(world.now());
    let caller = with(&strong);
    let weak = identity.step_up_with_password(&assured, PASSWORD, &code, &caller);
    assert!(matches!(weak.await, Err(Error::FreshProof)));
    assert!(world.session(&strong).unwrap().phishing_resistant());
}
