//! Changing one's own factors, while other things happen to the account.

use std::time::Duration;

use ward_core::limits;
use ward_identity::{Assured, Author, Caller, Error, NewAccount, News, Role};
use ward_testkit::SoftwarePasskey;

use crate::world::{App, ORIGIN, PASSWORD, World, from, ods};

/// A new passkey, on its way to the account of a session.
struct Adding {
    ceremony: String,
    response: String,
    passkey: SoftwarePasskey,
}

impl Adding {
    async fn start(world: &World, assured: &Assured) -> Self {
        let started = world.identity.start_passkey_addition(assured).unwrap();
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        let response = passkey.create(&started.options).await.unwrap();
        Self {
            ceremony: started.ceremony,
            response,
            passkey,
        }
    }

    async fn finish(&self, world: &World, assured: &Assured) -> Result<(), Error> {
        let Self {
            ceremony, response, ..
        } = self;
        let caller = Caller::default();
        world
            .identity
            .finish_passkey_addition(assured, ceremony, response, "Spare", &caller)
            .await
    }
}

/// Another change of an account of the organisation: what comes after it must wait.
async fn another_change(world: &World, name: &str) {
    let new = NewAccount {
        name: name.to_owned(),
        display_name: "Someone else".to_owned(),
        role: Role::Carer,
        practitioner: None,
    };
    world
        .identity
        .create_account(Author::Setup, &ods("WRD01"), new)
        .await
        .unwrap();
}

/// The attack: a sign-in with a passkey is under way while its owner removes it. What the sign-in
/// writes of the passkey must not be on the disk after the removal. The sign-in is held up between
/// its proof and its writing by another account's session, which the same browser had.
#[tokio::test]
async fn a_passkey_that_is_removed_during_its_sign_in_does_not_come_back() {
    let world = World::new();
    let (account, mut first) = world.with_passkey("mary").await;
    let (_, mut john) = world.with_passkey("john").await;
    let signed_in = world.sign_in(&mut first).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let adding = Adding::start(&world, &assured).await;
    adding.finish(&world, &assured).await.unwrap();
    let mut stolen = adding.passkey;
    let factors = world.identity.factors(&ods("WRD01"), account).unwrap();
    let spare = factors.passkeys.iter().find(|one| one.label == "Spare");
    let spare = spare.unwrap().id.clone();

    let johns = world.sign_in(&mut john).await.unwrap();
    let thief = Caller {
        session: Some(johns.token.expose()),
        ..from("198.51.100.1")
    };
    let owner = from("192.0.2.1");
    let sign_in = world.sign_in_as(&mut stolen, &thief);
    let remove = world.identity.remove_passkey(&assured, &spare, &owner);
    let (sign_in, removed) = tokio::join!(sign_in, remove);
    removed.unwrap();
    let goes_on = sign_in.is_ok_and(|thief| world.session(&thief).is_some());
    assert!(!goes_on, "whichever came first");
    let world = world.restart();
    let again = world.sign_in(&mut stolen).await;
    assert!(matches!(again, Err(Error::SignIn)));
    world.sign_in(&mut first).await.unwrap();
}

/// The attack: who was signed out, or shut out, has a request that waits in the meantime.
#[tokio::test]
async fn a_change_of_factors_that_waited_is_judged_again() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let count = || {
        let factors = world.identity.factors(&ods("WRD01"), account);
        factors.unwrap().passkeys.len()
    };
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let spare = Adding::start(&world, &assured).await;
    spare.finish(&world, &assured).await.unwrap();
    let factors = world.identity.factors(&ods("WRD01"), account).unwrap();
    let adding = Adding::start(&world, &assured).await;
    let caller = Caller::default();
    let (id, identity) = (&factors.passkeys[0].id, &world.identity);
    let ((), added, removed, ended) = tokio::join!(
        another_change(&world, "zoe"),
        adding.finish(&world, &assured),
        identity.remove_passkey(&assured, id, &caller),
        identity.sign_out_everywhere(&assured),
    );
    ended.unwrap();
    assert!(matches!(added, Err(Error::FreshProof)));
    assert!(matches!(removed, Err(Error::FreshProof)));
    assert_eq!(count(), 2);

    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let adding = Adding::start(&world, &assured).await;
    let (suspended, added) = tokio::join!(
        identity.suspend(Author::Setup, account),
        adding.finish(&world, &assured),
    );
    suspended.unwrap();
    assert!(matches!(added, Err(Error::FreshProof)));
    assert_eq!(count(), 2);
}

/// The attack: ceremonies that began while there was room, finished when there is none.
#[tokio::test]
async fn parallel_ceremonies_enrol_no_more_passkeys_than_an_account_may_have() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let mut under_way = Vec::new();
    for _ in 0..limits::PASSKEYS_PER_ACCOUNT + 3 {
        under_way.push(Adding::start(&world, &assured).await);
    }
    let mut refused = 0;
    for adding in &under_way {
        let added = adding.finish(&world, &assured).await;
        refused += usize::from(matches!(added, Err(Error::NotPossible(_))));
    }
    assert_eq!(refused, 4);
    let factors = world.identity.factors(&ods("WRD01"), account).unwrap();
    assert_eq!(factors.passkeys.len(), limits::PASSKEYS_PER_ACCOUNT);
}

/// Somebody with a passkey, and another session elsewhere.
async fn with_two_sessions(world: &World) -> (SoftwarePasskey, [ward_identity::SignedIn; 2]) {
    let (_, mut passkey) = world.with_passkey("mary").await;
    let one = world.sign_in(&mut passkey).await.unwrap();
    let two = world.sign_in(&mut passkey).await.unwrap();
    (passkey, [one, two])
}

#[tokio::test]
async fn a_new_passkey_ends_the_other_sessions_and_its_person_is_told() {
    let world = World::new();
    let (mut passkey, [one, two]) = with_two_sessions(&world).await;
    let assured = world.session(&one).unwrap();
    let adding = Adding::start(&world, &assured).await;
    adding.finish(&world, &assured).await.unwrap();
    assert!(world.session(&two).is_none() && world.session(&one).is_some());
    let world = world.restart();
    let later = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&later).unwrap();
    let notices = world.identity.notices(&assured);
    let [notice] = &notices[..] else {
        panic!("one notice")
    };
    assert_eq!(
        (notice.what, notice.label.as_deref(), notice.seen),
        (News::PasskeyAdded, Some("Spare"), false)
    );
    world.identity.notices_seen(&assured).await.unwrap();
    let world = world.restart();
    let assured = world.session(&later).unwrap();
    assert!(world.identity.notices(&assured)[0].seen, "and still listed");
    world.pass(limits::NOTICE);
    let later = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&later).unwrap();
    assert!(world.identity.notices(&assured).is_empty());
}

#[tokio::test]
async fn a_passkey_is_renamed_by_its_owner_alone() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let (_, mut johns) = world.with_passkey("john").await;
    let label = |world: &World| {
        let factors = world.identity.factors(&ods("WRD01"), account).unwrap();
        (
            factors.passkeys[0].id.clone(),
            factors.passkeys[0].label.clone(),
        )
    };
    let (id, _) = label(&world);
    let caller = Caller::default();
    let johns = world.sign_in(&mut johns).await.unwrap();
    let john = world.session(&johns).unwrap();
    let renamed = world.identity.rename_passkey(&john, &id, "Mine", &caller);
    assert!(matches!(renamed.await, Err(Error::NoSuchAccount)));
    let removed = world.identity.remove_passkey(&john, &id, &caller).await;
    assert!(matches!(removed, Err(Error::NoSuchAccount)));
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let mary = world.session(&signed_in).unwrap();
    let long = format!("Work\u{7} phone{}", "x".repeat(100));
    world
        .identity
        .rename_passkey(&mary, &id, &long, &caller)
        .await
        .unwrap();
    let world = world.restart();
    let (_, shown) = label(&world);
    assert!(shown.starts_with("Work phone") && shown.chars().count() == 50);
    world.pass(limits::FRESH_PROOF * 2);
    let mary = world.session(&signed_in).unwrap();
    let late = world.identity.rename_passkey(&mary, &id, "Late", &caller);
    assert!(matches!(late.await, Err(Error::FreshProof)));
    world.sign_in(&mut passkey).await.unwrap();
}

/// Somebody who signed in with a password and a code, from `192.0.2.1`.
async fn typed(world: &World, password: &str, app: &App) -> Result<Assured, Error> {
    let code = app.code(world.now());
    let caller = from("192.0.2.1");
    let typed = world
        .identity
        .sign_in_with_password("mary@WRD01", password, &code, &caller);
    Ok(world.session(&typed.await?).unwrap())
}

#[tokio::test]
async fn a_new_password_and_a_new_app_take_the_place_of_the_old_ones() {
    const OTHER: &str = "eleven green umbrellas";
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let elsewhere = typed(&world, PASSWORD, &app).await.unwrap();
    world.pass(Duration::from_secs(30));
    let assured = typed(&world, PASSWORD, &app).await.unwrap();
    let identity = &world.identity;
    let started = identity.start_app_change(&assured).unwrap();
    let new = App(started.secret.expose().clone());
    let (ceremony, caller) = (&started.ceremony, Caller::default());
    let finish = |assured, password, code| {
        identity.finish_app_change(assured, ceremony, password, code, &caller)
    };
    let code = new.code(world.now());
    assert!(matches!(
        finish(&assured, "short", &code).await,
        Err(Error::Password(_))
    ));
    assert!(matches!(
        finish(&assured, OTHER, "000000").await,
        Err(Error::Code)
    ));
    finish(&assured, OTHER, &code).await.unwrap();
    assert!(matches!(
        finish(&assured, OTHER, &code).await,
        Err(Error::Ceremony)
    ));
    assert!(!identity.is_in_force(&elsewhere) && identity.is_in_force(&assured));
    let world = world.restart();
    world.pass(Duration::from_secs(30));
    assert!(matches!(
        typed(&world, PASSWORD, &app).await,
        Err(Error::SignIn)
    ));
    assert!(matches!(
        typed(&world, OTHER, &app).await,
        Err(Error::SignIn)
    ));
    let assured = typed(&world, OTHER, &new).await.unwrap();
    assert_eq!(world.identity.notices(&assured)[0].what, News::PasswordSet);
    let alone = world.identity.remove_password(&assured, &caller).await;
    assert!(
        matches!(alone, Err(Error::NotPossible(_))),
        "the last way in"
    );
}

/// Class 5: an account whose one way in can't be phished gets none that can.
#[tokio::test]
async fn a_passkey_is_not_made_weaker_by_a_password_beside_it() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let started = world.identity.start_app_change(&assured);
    assert!(matches!(started, Err(Error::NotPossible(_))));
}

#[tokio::test]
async fn who_has_a_passkey_can_do_away_with_the_password() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let assured = typed(&world, PASSWORD, &app).await.unwrap();
    let adding = Adding::start(&world, &assured).await;
    adding.finish(&world, &assured).await.unwrap();
    let caller = Caller::default();
    let weak = world.identity.remove_password(&assured, &caller).await;
    assert!(matches!(weak, Err(Error::FreshProof)), "class 5");
    let mut passkey = adding.passkey;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    world
        .identity
        .remove_password(&assured, &caller)
        .await
        .unwrap();
    let world = world.restart();
    world.pass(Duration::from_secs(30));
    assert!(matches!(
        typed(&world, PASSWORD, &app).await,
        Err(Error::SignIn)
    ));
    world.sign_in(&mut passkey).await.unwrap();
}
