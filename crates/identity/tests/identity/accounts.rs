//! Making accounts, and shutting them out.

use ward_identity::{Author, Error, NewAccount, Role};

use crate::world::{World, ods};

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
