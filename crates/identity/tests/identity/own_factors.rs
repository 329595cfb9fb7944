//! Changing one's own factors, while other things happen to the account.

use ward_core::limits;
use ward_identity::{Assured, Author, Caller, Error, NewAccount, Role};
use ward_testkit::SoftwarePasskey;

use crate::world::{ORIGIN, World, from, ods};

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
