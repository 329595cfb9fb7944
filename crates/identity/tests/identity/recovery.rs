//! Recovering an account: two other people, a delay, a notice, and nothing but new factors.

use std::time::Duration;

use ward_core::{AccountId, limits};
use ward_identity::{
    Assured, Author, Caller, EnrolmentLink, Error, News, RecoveryStep, Role, SignedIn,
};
use ward_testkit::SoftwarePasskey;

use crate::world::{App, ORIGIN, PASSWORD, World, ods};

/// Where the caller does not matter.
const NOBODY: Caller<'static> = Caller {
    address: None,
    request: None,
    session: None,
};
const NOTES: &str = "Passport 123456789, and a call back to the ward's own number";

/// Somebody with a passkey, signed in.
struct Someone {
    id: AccountId,
    passkey: SoftwarePasskey,
    session: SignedIn,
}

impl Someone {
    async fn new(world: &World, code: &str, name: &str, role: Role) -> Self {
        let link = world.account(code, name, role).await;
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        world.enrol_passkey(&link, &mut passkey).await.unwrap();
        let session = world.sign_in(&mut passkey).await.unwrap();
        Self {
            id: link.account,
            passkey,
            session,
        }
    }

    fn now(&self, world: &World) -> Assured {
        world.session(&self.session).unwrap()
    }

    /// As they are after proving themselves again.
    async fn fresh(&mut self, world: &World) -> Assured {
        self.session = world.sign_in(&mut self.passkey).await.unwrap();
        self.now(world)
    }
}

/// Mary, who lost her passkey, and three people who can approve.
struct Staff {
    mary: Someone,
    admin: Someone,
    governance: Someone,
    third: Someone,
}

impl Staff {
    async fn new(world: &World) -> Self {
        let one = |name, role| Someone::new(world, "WRD01", name, role);
        Self {
            mary: one("mary", Role::Clinician).await,
            admin: one("ada", Role::Administrator).await,
            governance: one("ivy", Role::InformationGovernance).await,
            third: one("tom", Role::Administrator).await,
        }
    }

    /// Opens a recovery of Mary's account; gives its id.
    async fn open(&mut self, world: &World) -> String {
        let admin = self.admin.fresh(world).await;
        let opened = world
            .identity
            .open_recovery(&admin, self.mary.id, NOTES, &NOBODY);
        opened.await.unwrap();
        world.identity.recovery(&admin, self.mary.id).unwrap().id
    }

    /// As far as the link, after the delay.
    async fn until_link(&mut self, world: &World) -> EnrolmentLink {
        let id = self.open(world).await;
        let governance = self.governance.fresh(world).await;
        let approved = world
            .identity
            .approve_recovery(&governance, self.mary.id, &id, &NOBODY);
        approved.await.unwrap();
        world.pass(limits::RECOVERY_DELAY);
        let admin = self.admin.fresh(world).await;
        let link = world
            .identity
            .recovery_link(&admin, self.mary.id, &id, &NOBODY);
        link.await.unwrap()
    }
}

fn impossible<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::NotPossible(_)))
}

#[tokio::test]
async fn two_people_and_an_hour_later_there_are_new_factors_and_no_session() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let other = world.sign_in(&mut staff.mary.passkey).await.unwrap();
    let link = staff.until_link(&world).await;
    let token = link.token.expose();
    assert!(world.identity.enrolment(token).unwrap().recovers);
    assert!(
        world.identity.authenticate(token, None).is_none(),
        "class 2"
    );
    let mut found = SoftwarePasskey::at(ORIGIN).unwrap();
    world.enrol_passkey(&link, &mut found).await.unwrap();
    assert!(world.session(&other).is_none() && world.session(&staff.mary.session).is_none());
    let with_lost = world.sign_in(&mut staff.mary.passkey).await;
    assert!(matches!(with_lost, Err(Error::SignIn)), "class 17");
    assert!(matches!(
        world.identity.start_passkey_enrolment(token),
        Err(Error::Link)
    ));
    let world = world.restart();
    let with_lost = world.sign_in(&mut staff.mary.passkey).await;
    assert!(matches!(with_lost, Err(Error::SignIn)));
    let signed_in = world.sign_in(&mut found).await.unwrap();
    let mary = world.session(&signed_in).unwrap();
    assert_eq!(world.identity.notices(&mary)[0].what, News::Recovered);
    assert!(world.identity.recovery(&mary, staff.mary.id).is_none());
    let factors = world
        .identity
        .factors(&ods("WRD01"), staff.mary.id)
        .unwrap();
    assert_eq!(factors.passkeys.len(), 1);
}

/// Class 3: the steps out of their order, and each of them again.
#[tokio::test]
async fn steps_have_one_order_and_each_is_made_once() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let (mary, caller) = (staff.mary.id, Caller::default());
    let identity = &world.identity;
    let (admin, governance) = (staff.admin.now(&world), staff.governance.now(&world));
    for id in ["", "null", &"A".repeat(43)] {
        assert!(impossible(
            &identity
                .approve_recovery(&governance, mary, id, &caller)
                .await
        ));
        assert!(impossible(
            &identity.recovery_link(&admin, mary, id, &caller).await
        ));
        assert!(impossible(
            &identity.stop_recovery(&admin, mary, id, &caller).await
        ));
    }
    let id = staff.open(&world).await;
    let admin = staff.admin.now(&world);
    let step = |by: &Assured| world.identity.recovery(by, mary).unwrap().step;
    assert_eq!(step(&admin), RecoveryStep::Opened);
    assert!(impossible(
        &identity.open_recovery(&admin, mary, NOTES, &caller).await
    ));
    assert!(impossible(
        &identity.recovery_link(&admin, mary, &id, &caller).await
    ));
    identity
        .approve_recovery(&governance, mary, &id, &caller)
        .await
        .unwrap();
    let until = world.now() + limits::RECOVERY_DELAY;
    assert_eq!(step(&admin), RecoveryStep::Waiting { until });
    let third = staff.third.now(&world);
    assert!(impossible(
        &identity.approve_recovery(&third, mary, &id, &caller).await
    ));
    assert!(impossible(
        &identity.recovery_link(&admin, mary, &id, &caller).await
    ));
    world.pass(Duration::from_secs(limits::RECOVERY_DELAY.as_secs() - 1));
    let admin = staff.admin.fresh(&world).await;
    assert!(impossible(
        &identity.recovery_link(&admin, mary, &id, &caller).await
    ));
    world.pass(Duration::from_secs(1));
    for other in [&mut staff.governance, &mut staff.third] {
        let other = other.fresh(&world).await;
        let taken = identity.recovery_link(&other, mary, &id, &caller).await;
        assert!(impossible(&taken), "who opened it takes it");
    }
    identity
        .recovery_link(&admin, mary, &id, &caller)
        .await
        .unwrap();
    assert_eq!(step(&admin), RecoveryStep::LinkTaken);
    assert!(impossible(
        &identity.recovery_link(&admin, mary, &id, &caller).await
    ));
}

#[tokio::test]
async fn one_person_is_not_two_and_nobody_recovers_themself() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let caller = Caller::default();
    let identity = &world.identity;
    let admin = staff.admin.now(&world);
    let own = identity.open_recovery(&admin, staff.admin.id, NOTES, &caller);
    assert!(impossible(&own.await));
    let id = staff.open(&world).await;
    let admin = staff.admin.now(&world);
    let twice = identity.approve_recovery(&admin, staff.mary.id, &id, &caller);
    assert!(impossible(&twice.await));

    let third = staff.third.now(&world);
    let opened = identity.open_recovery(&third, staff.governance.id, NOTES, &caller);
    opened.await.unwrap();
    let governance = staff.governance.now(&world);
    let about_me = identity.recovery(&governance, staff.governance.id).unwrap();
    let own = identity.approve_recovery(&governance, staff.governance.id, &about_me.id, &caller);
    assert!(impossible(&own.await));
    // Of two who approve at once, one does.
    let (one, two) = (
        staff.governance.fresh(&world).await,
        staff.third.fresh(&world).await,
    );
    let (one, two) = tokio::join!(
        identity.approve_recovery(&one, staff.mary.id, &id, &caller),
        identity.approve_recovery(&two, staff.mary.id, &id, &caller),
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
}

#[tokio::test]
async fn a_recovery_is_of_its_own_organisation() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let id = staff.open(&world).await;
    let caller = Caller::default();
    let stranger = Someone::new(&world, "WRD02", "eve", Role::Administrator).await;
    let stranger = stranger.now(&world);
    let (identity, mary) = (&world.identity, staff.mary.id);
    let outcomes = [
        identity
            .open_recovery(&stranger, mary, NOTES, &caller)
            .await,
        identity
            .approve_recovery(&stranger, mary, &id, &caller)
            .await,
        identity.stop_recovery(&stranger, mary, &id, &caller).await,
        identity
            .recovery_link(&stranger, mary, &id, &caller)
            .await
            .map(drop),
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(Error::NoSuchAccount)));
    }
    assert!(identity.recovery(&stranger, mary).is_none());
}

/// Class 5: an old proof, or one that could have been phished, recovers nobody.
#[tokio::test]
async fn each_step_wants_a_fresh_proof_that_can_not_be_phished() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let id = staff.open(&world).await;
    let (caller, mary) = (Caller::default(), staff.mary.id);
    let identity = &world.identity;
    let (admin, governance) = (staff.admin.now(&world), staff.governance.now(&world));
    world.pass(limits::FRESH_PROOF + Duration::from_secs(1));
    let stale = |outcome: Result<(), Error>| assert!(matches!(outcome, Err(Error::FreshProof)));
    stale(
        identity
            .open_recovery(&admin, staff.third.id, NOTES, &caller)
            .await,
    );
    stale(
        identity
            .approve_recovery(&governance, mary, &id, &caller)
            .await,
    );
    let taken = identity.recovery_link(&admin, mary, &id, &caller).await;
    stale(taken.map(drop));

    let link = world.account("WRD01", "typing", Role::Administrator).await;
    let token = link.token.expose();
    let started = identity.start_app_enrolment(token).unwrap();
    let app = App(started.secret.expose().clone());
    let code = app.code(world.now());
    let enrolled =
        identity.finish_app_enrolment(token, &started.ceremony, PASSWORD, &code, &caller);
    enrolled.await.unwrap();
    world.pass(Duration::from_secs(30));
    let code = app.code(world.now());
    let typed = identity.sign_in_with_password("typing@WRD01", PASSWORD, &code, &caller);
    let typing = world.session(&typed.await.unwrap()).unwrap();
    stale(identity.approve_recovery(&typing, mary, &id, &caller).await);
    stale(identity.open_recovery(&typing, mary, NOTES, &caller).await);
}

#[tokio::test]
async fn the_person_and_either_approver_can_stop_it_until_the_link_is_used() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let (caller, mary) = (Caller::default(), staff.mary.id);
    let identity = &world.identity;
    let id = staff.open(&world).await;
    // An hour-old session does: to stop is the safe side.
    world.pass(Duration::from_mins(10));
    let person = staff.mary.now(&world);
    let shown = identity.recovery(&person, mary).unwrap();
    assert_eq!(
        (shown.opened_by, shown.notes.as_str()),
        (staff.admin.id, NOTES)
    );
    identity
        .stop_recovery(&person, mary, &id, &caller)
        .await
        .unwrap();
    let governance = staff.governance.fresh(&world).await;
    let late = identity
        .approve_recovery(&governance, mary, &id, &caller)
        .await;
    assert!(impossible(&late), "it was stopped");

    let link = staff.until_link(&world).await;
    let admin = staff.admin.now(&world);
    let id = identity.recovery(&admin, mary).unwrap().id;
    let mut thief = SoftwarePasskey::at(ORIGIN).unwrap();
    let started = identity
        .start_passkey_enrolment(link.token.expose())
        .unwrap();
    let response = thief.create(&started.options).await.unwrap();
    let governance = staff.governance.fresh(&world).await;
    identity
        .stop_recovery(&governance, mary, &id, &caller)
        .await
        .unwrap();
    let token = link.token.expose();
    let finished =
        identity.finish_passkey_enrolment(token, &started.ceremony, &response, "", &caller);
    assert!(matches!(finished.await, Err(Error::Link)));
    world.sign_in(&mut staff.mary.passkey).await.unwrap();
    let mut world = world.restart();
    world.sign_in(&mut staff.mary.passkey).await.unwrap();
    assert!(world.identity.enrolment(token).is_none());
    // What was stopped is never taken up by its old id.
    let new = staff.open(&world).await;
    assert_ne!(new, id);
    let governance = staff.governance.fresh(&world).await;
    let replayed = world
        .identity
        .approve_recovery(&governance, mary, &id, &caller);
    assert!(impossible(&replayed.await));
    world = world.restart();
    let admin = staff.admin.now(&world);
    assert_eq!(world.identity.recovery(&admin, mary).unwrap().id, new);
}

#[tokio::test]
async fn who_is_suspended_recovers_nobody_and_is_not_recovered() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let (caller, mary) = (Caller::default(), staff.mary.id);
    let identity = &world.identity;
    // The one whose account it is.
    let link = staff.until_link(&world).await;
    identity.suspend(Author::Setup, mary).await.unwrap();
    identity.resume(Author::Setup, mary).await.unwrap();
    assert!(identity.enrolment(link.token.expose()).is_none());
    let admin = staff.admin.now(&world);
    assert!(identity.recovery(&admin, mary).is_none());
    identity.suspend(Author::Setup, mary).await.unwrap();
    let opened = identity.open_recovery(&admin, mary, NOTES, &caller).await;
    assert!(impossible(&opened));
    identity.resume(Author::Setup, mary).await.unwrap();
    // The one who opened it.
    let id = staff.open(&world).await;
    let gone = staff.admin.now(&world);
    identity
        .suspend(Author::Setup, staff.admin.id)
        .await
        .unwrap();
    let governance = staff.governance.fresh(&world).await;
    let approved = identity
        .approve_recovery(&governance, mary, &id, &caller)
        .await;
    assert!(impossible(&approved));
    let taken = identity.recovery_link(&gone, mary, &id, &caller).await;
    assert!(matches!(taken, Err(Error::FreshProof)));
    identity
        .resume(Author::Setup, staff.admin.id)
        .await
        .unwrap();
    // The one who approved it.
    let approved = identity
        .approve_recovery(&governance, mary, &id, &caller)
        .await;
    approved.unwrap();
    identity
        .suspend(Author::Setup, staff.governance.id)
        .await
        .unwrap();
    world.pass(limits::RECOVERY_DELAY);
    let admin = staff.admin.fresh(&world).await;
    let taken = identity.recovery_link(&admin, mary, &id, &caller).await;
    assert!(impossible(&taken));
}

#[tokio::test]
async fn a_recovery_and_its_link_end_with_their_time() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let link = staff.until_link(&world).await;
    world.pass(limits::RECOVERY_LINK);
    assert!(world.identity.enrolment(link.token.expose()).is_none());
    world.pass(limits::RECOVERY);
    let admin = staff.admin.fresh(&world).await;
    let id = staff.mary.id;
    assert!(world.identity.recovery(&admin, id).is_none());
    let entries = world.entries();
    world.identity.keep_up().await.unwrap();
    assert!(world.entries() > entries, "its end is written down");
    staff.open(&world).await;
}

#[tokio::test]
async fn what_was_seen_is_written_down_and_short() {
    let world = World::new();
    let staff = Staff::new(&world).await;
    let (admin, caller) = (staff.admin.now(&world), Caller::default());
    let long = "x".repeat(limits::RECOVERY_NOTES_CHARS + 1);
    for notes in ["", "  \n", "a\u{7}b", &long] {
        let opened = world
            .identity
            .open_recovery(&admin, staff.mary.id, notes, &caller);
        assert!(impossible(&opened.await));
    }
    let never = world.account("WRD01", "newcomer", Role::Carer).await;
    let opened = world
        .identity
        .open_recovery(&admin, never.account, NOTES, &caller);
    assert!(
        impossible(&opened.await),
        "a new link is enough for one who never enrolled"
    );
    let (service, _) = world.service("robot", "system/Patient.r").await;
    let opened = world
        .identity
        .open_recovery(&admin, service, NOTES, &caller);
    assert!(impossible(&opened.await));
    let opened = world
        .identity
        .open_recovery(&admin, staff.mary.id, NOTES, &caller);
    opened.await.unwrap();
    let shown = format!("{:?}", world.identity.recovery(&admin, staff.mary.id));
    assert!(!shown.contains("Passport"), "nor in a log line: {shown}");
}

/// A password and an app take the place of what was lost, too, as one way to sign in.
#[tokio::test]
async fn a_recovered_account_may_get_a_password_and_a_code() {
    let world = World::new();
    let mut staff = Staff::new(&world).await;
    let link = staff.until_link(&world).await;
    let (token, caller) = (link.token.expose(), Caller::default());
    let started = world.identity.start_app_enrolment(token).unwrap();
    let app = App(started.secret.expose().clone());
    let code = app.code(world.now());
    let finished =
        world
            .identity
            .finish_app_enrolment(token, &started.ceremony, PASSWORD, &code, &caller);
    finished.await.unwrap();
    let world = world.restart();
    world.pass(Duration::from_secs(30));
    let code = app.code(world.now());
    let typed = world
        .identity
        .sign_in_with_password("mary@WRD01", PASSWORD, &code, &caller);
    typed.await.unwrap();
    assert!(matches!(
        world.sign_in(&mut staff.mary.passkey).await,
        Err(Error::SignIn)
    ));
}
