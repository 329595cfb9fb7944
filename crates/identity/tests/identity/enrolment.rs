//! Enrolling the first factor.

use std::time::Duration;

use ward_core::limits;
use ward_identity::{Author, Caller, Error, PasswordProblem, Role};
use ward_testkit::SoftwarePasskey;

use crate::world::{App, ORIGIN, PASSWORD, World, ods};

#[tokio::test]
async fn a_link_works_once_and_begins_no_session() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let token = link.token.expose();
    let view = world.identity.enrolment(token).unwrap();
    assert_eq!(
        (view.name.to_string(), view.expires),
        ("mary@WRD01".to_owned(), link.expires)
    );
    assert!(
        world.identity.authenticate(token, None).is_none(),
        "a link is no session"
    );
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    world.enrol_passkey(&link, &mut passkey).await.unwrap();
    assert!(world.identity.enrolment(token).is_none());
    assert!(matches!(
        world.identity.start_passkey_enrolment(token),
        Err(Error::Link)
    ));
    assert!(matches!(
        world.identity.start_app_enrolment(token),
        Err(Error::Link)
    ));
}

#[tokio::test]
async fn of_two_ceremonies_of_one_link_one_is_finished() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let token = link.token.expose();
    let mut responses = Vec::new();
    for _ in 0..2 {
        let started = world.identity.start_passkey_enrolment(token).unwrap();
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        responses.push((
            passkey.create(&started.options).await.unwrap(),
            started.ceremony,
        ));
    }
    let caller = Caller::default();
    let [(one, first), (two, second)] = &responses[..] else {
        unreachable!()
    };
    let finish = |ceremony, response| {
        world
            .identity
            .finish_passkey_enrolment(token, ceremony, response, "", &caller)
    };
    let (one, two) = tokio::join!(finish(first, one), finish(second, two));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    let factors = world.identity.factors(&ods("WRD01"), link.account).unwrap();
    assert_eq!(factors.passkeys.len(), 1);
}

#[tokio::test]
async fn a_link_ends_with_its_time() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    world.pass(limits::ENROLMENT_LINK);
    assert!(world.identity.enrolment(link.token.expose()).is_none());
    world.identity.keep_up().await.unwrap();
    let author = Author::Setup;
    let another = world
        .identity
        .renew_enrolment(author, &ods("WRD01"), link.account)
        .await
        .unwrap();
    assert!(world.identity.enrolment(another.token.expose()).is_some());
}

#[tokio::test]
async fn another_link_replaces_the_first() {
    let world = World::new();
    let first = world.account("WRD01", "mary", Role::Clinician).await;
    let organisation = ods("WRD01");
    let renew = || {
        world
            .identity
            .renew_enrolment(Author::Setup, &organisation, first.account)
    };
    let second = renew().await.unwrap();
    assert!(world.identity.enrolment(first.token.expose()).is_none());
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    world.enrol_passkey(&second, &mut passkey).await.unwrap();
    assert!(
        matches!(renew().await, Err(Error::NotPossible(_))),
        "a link is no way around the factors that an account has"
    );
}

#[tokio::test]
async fn a_suspended_account_enrols_nothing() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    world
        .identity
        .suspend(Author::Setup, link.account)
        .await
        .unwrap();
    assert!(world.identity.enrolment(link.token.expose()).is_none());
}

#[tokio::test]
async fn a_password_comes_with_a_confirmed_app_or_not_at_all() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let token = link.token.expose();
    let started = world.identity.start_app_enrolment(token).unwrap();
    assert!(
        started
            .uri
            .expose()
            .starts_with("otpauth://totp/Ward:mary%40WRD01?secret=")
    );
    let app = App(started.secret.expose().clone());
    let code = app.code(world.now());
    let (ceremony, caller) = (&started.ceremony, Caller::default());
    let finish = |password, code| {
        let identity = &world.identity;
        identity.finish_app_enrolment(token, ceremony, password, code, &caller)
    };
    let short = finish("short", &code).await;
    assert!(matches!(
        short,
        Err(Error::Password(PasswordProblem::TooShort))
    ));
    assert!(matches!(finish(PASSWORD, "").await, Err(Error::Code)));
    assert!(matches!(finish(PASSWORD, "000000").await, Err(Error::Code)));
    let factors = || world.identity.factors(&ods("WRD01"), link.account).unwrap();
    assert!(!factors().password_and_totp);
    let again = world.identity.app_enrolment(token, ceremony).unwrap();
    assert_eq!(
        again.secret.expose(),
        started.secret.expose(),
        "the same code is shown again"
    );
    finish(PASSWORD, &code).await.unwrap();
    assert!(factors().password_and_totp);
    let signed_in = |code: String| {
        let identity = &world.identity;
        async move {
            identity
                .sign_in_with_password("mary@WRD01", PASSWORD, &code, &Caller::default())
                .await
        }
    };
    assert!(
        matches!(signed_in(code).await, Err(Error::SignIn)),
        "the confirming code is used up"
    );
    world.pass(Duration::from_secs(30));
    signed_in(app.code(world.now())).await.unwrap();
}

#[tokio::test]
async fn codes_of_an_enrolment_can_not_be_guessed() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let token = link.token.expose();
    let started = world.identity.start_app_enrolment(token).unwrap();
    let app = App(started.secret.expose().clone());
    let (ceremony, caller) = (&started.ceremony, Caller::default());
    for _ in 0..limits::ENROLMENT_CODES {
        let wrong = world
            .identity
            .finish_app_enrolment(token, ceremony, PASSWORD, "000000", &caller);
        assert!(matches!(wrong.await, Err(Error::Code)));
    }
    let code = app.code(world.now());
    let right = world
        .identity
        .finish_app_enrolment(token, ceremony, PASSWORD, &code, &caller);
    assert!(matches!(right.await, Err(Error::Ceremony)));
}
