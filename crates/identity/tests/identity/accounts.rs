//! Making accounts, and shutting them out.

use ward_identity::{Author, Error, NewAccount, Role};
use ward_testkit::SoftwarePasskey;

use crate::world::{ORIGIN, World, ods};

fn new(name: &str) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        display_name: "Mary O’Neill".to_owned(),
        role: Role::Administrator,
        practitioner: Some("Practitioner/7".parse().unwrap()),
    }
}

#[tokio::test]
async fn a_name_is_taken_in_every_spelling() {
    let world = World::new();
    let create = |code, name| {
        let identity = &world.identity;
        let organisation = ods(code);
        async move {
            identity
                .create_account(Author::Setup, &organisation, new(name))
                .await
        }
    };
    let link = create("WRD01", "mary").await.unwrap();
    let account = world.find(link.account);
    assert_eq!(
        account.practitioner(),
        Some(&"Practitioner/7".parse().unwrap())
    );
    assert_eq!(
        (account.role(), account.suspended()),
        (Role::Administrator, false)
    );
    for spelling in ["mary", "MARY", " ma ry", "ｍａｒｙ", "m\u{AD}ary"] {
        assert!(
            matches!(create("WRD01", spelling).await, Err(Error::NameTaken)),
            "{spelling}"
        );
    }
    create("WRD02", "mary").await.unwrap();
    assert!(matches!(
        create("WRD03", "mary").await,
        Err(Error::NoSuchOrganisation)
    ));
    for bad in ["", " ", "må", "a@b", "m\u{0430}ry"] {
        assert!(
            matches!(create("WRD01", bad).await, Err(Error::Name(_))),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn parallel_claims_of_one_name_make_one_account() {
    let world = World::new();
    let organisation = ods("WRD01");
    let create = || {
        world
            .identity
            .create_account(Author::Setup, &organisation, new("mary"))
    };
    let (one, two, three) = tokio::join!(create(), create(), create());
    let made = [&one, &two, &three]
        .into_iter()
        .filter(|made| made.is_ok())
        .count();
    assert_eq!(made, 1);
    assert_eq!(world.identity.accounts(&organisation).len(), 1);
}

#[tokio::test]
async fn an_account_reaches_no_other_organisation() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let other = world.account("WRD02", "john", Role::Clinician).await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&signed_in).unwrap();
    let by = Author::Account(&assured);
    let identity = &world.identity;
    let created = identity.create_account(by, &ods("WRD02"), new("eve")).await;
    assert!(matches!(created, Err(Error::NoSuchOrganisation)));
    assert!(matches!(
        identity.suspend(by, other.account).await,
        Err(Error::NoSuchAccount)
    ));
    let renewed = identity
        .renew_enrolment(by, &ods("WRD02"), other.account)
        .await;
    assert!(renewed.is_err());
    let renewed = identity
        .renew_enrolment(by, &ods("WRD01"), other.account)
        .await;
    assert!(matches!(renewed, Err(Error::NoSuchAccount)));
    assert!(identity.account(&ods("WRD01"), other.account).is_none());
    assert!(identity.factors(&ods("WRD01"), other.account).is_none());
}

#[tokio::test]
async fn suspending_ends_every_session_at_once() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let one = world.sign_in(&mut passkey).await.unwrap();
    let two = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&one).unwrap();
    assert!(world.identity.is_in_force(&assured));
    world
        .identity
        .suspend(Author::Setup, account)
        .await
        .unwrap();
    assert!(world.session(&one).is_none() && world.session(&two).is_none());
    assert!(
        !world.identity.is_in_force(&assured),
        "a stream that re-checks ends"
    );
    world.identity.resume(Author::Setup, account).await.unwrap();
    assert!(world.session(&one).is_none(), "what has ended stays ended");
}

#[tokio::test]
async fn a_display_name_is_a_name() {
    let world = World::new();
    for bad in ["", "  ", "a\u{7}b", &"x".repeat(101)] {
        let account = NewAccount {
            display_name: bad.to_owned(),
            ..new("mary")
        };
        let created = world
            .identity
            .create_account(Author::Setup, &ods("WRD01"), account)
            .await;
        assert!(matches!(created, Err(Error::NotPossible(_))), "{bad:?}");
    }
    let service = NewAccount {
        role: Role::Service,
        ..new("mary")
    };
    let created = world
        .identity
        .create_account(Author::Setup, &ods("WRD01"), service)
        .await;
    assert!(matches!(created, Err(Error::NotPossible(_))));
}

/// The attack: one administrator makes another, to be both of the two people who approve.
#[tokio::test]
async fn who_can_approve_is_let_in_by_another_than_who_made_the_account() {
    let world = World::new();
    let mut people = Vec::new();
    for name in ["ada", "ivy"] {
        let link = world.account("WRD01", name, Role::Administrator).await;
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        world.enrol_passkey(&link, &mut passkey).await.unwrap();
        people.push(world.sign_in(&mut passkey).await.unwrap());
    }
    let (ada, ivy) = (
        world.session(&people[0]).unwrap(),
        world.session(&people[1]).unwrap(),
    );
    let identity = &world.identity;
    let own = ods("WRD01");
    let made = identity.create_account(Author::Account(&ada), &own, new("puppet"));
    let puppet = made.await.unwrap();
    let token = puppet.token.expose();
    assert!(identity.enrolment(token).is_none(), "it begins shut out");
    let again = identity.resume(Author::Account(&ada), puppet.account).await;
    assert!(matches!(again, Err(Error::NotPossible(_))));
    let renewed = identity.renew_enrolment(Author::Account(&ada), &own, puppet.account);
    let renewed = renewed.await.unwrap();
    assert!(identity.enrolment(renewed.token.expose()).is_none());
    let let_in = identity.resume(Author::Account(&ivy), puppet.account);
    let_in.await.unwrap();
    assert!(identity.enrolment(renewed.token.expose()).is_some());
    let carer = NewAccount {
        role: Role::Carer,
        ..new("carer")
    };
    let made = identity.create_account(Author::Account(&ada), &own, carer);
    let carer = made.await.unwrap();
    assert!(identity.enrolment(carer.token.expose()).is_some());
}

#[tokio::test]
async fn nobody_suspends_themself_and_who_was_suspended_meanwhile_changes_nothing() {
    let world = World::new();
    let link = world.account("WRD01", "ada", Role::Administrator).await;
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    world.enrol_passkey(&link, &mut passkey).await.unwrap();
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let ada = world.session(&signed_in).unwrap();
    let other = world.account("WRD01", "john", Role::Carer).await;
    let identity = &world.identity;
    let by = Author::Account(&ada);
    let own = identity.suspend(by, link.account).await;
    assert!(matches!(own, Err(Error::NotPossible(_))));
    let organisation = ods("WRD01");
    let (gone, made, renewed, suspended) = tokio::join!(
        identity.suspend(Author::Setup, link.account),
        identity.create_account(by, &organisation, new("eve")),
        identity.renew_enrolment(by, &organisation, other.account),
        identity.suspend(by, other.account),
    );
    gone.unwrap();
    assert!(matches!(made, Err(Error::FreshProof)));
    assert!(matches!(renewed, Err(Error::FreshProof)));
    assert!(matches!(suspended, Err(Error::FreshProof)));
}
