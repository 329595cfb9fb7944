//! Recovering an account: it begins no session, and none of its steps is skipped.

use std::time::Duration;

use ward_core::limits;
use ward_identity::Role;
use ward_testkit::{Browser, Server, SoftwarePasskey, hidden, session_set_by, shown_link};

use crate::fixture::{assert_refused, empty, guarded, is_refused, path};

const NOTES: &str = "Staff card seen; called back on the ward's own number";

/// Mary, whose factors are lost, and the two who can give her others.
struct Three<'a> {
    mary: Browser<'a>,
    ada: Browser<'a>,
    ivy: Browser<'a>,
}

impl<'a> Three<'a> {
    async fn new(server: &'a Server) -> Self {
        Self {
            mary: Browser::with_passkey(server, "mary", Role::Clinician).await,
            ada: Browser::with_passkey(server, "ada", Role::Administrator).await,
            ivy: Browser::with_passkey(server, "ivy", Role::InformationGovernance).await,
        }
    }

    fn step(&self, name: &str) -> String {
        format!("/accounts/{}/recovery/{name}", self.mary.account)
    }

    /// Ada opens one: its id.
    async fn open(&mut self) -> String {
        let open = self.step("open");
        let opened = self.ada.submit(&open, &[("notes", NOTES)]).await;
        assert_eq!(opened.status, 303, "{}", opened.body);
        let page = self
            .ada
            .get(&format!("/accounts/{}", self.mary.account))
            .await;
        hidden(&page, "recovery")
    }

    async fn approve(&mut self, id: &str) {
        let approve = self.step("approve");
        let approved = self.ivy.submit(&approve, &[("recovery", id)]).await;
        assert_eq!(approved.status, 303, "{}", approved.body);
    }

    /// The hour passes, and Ada proves again who she is.
    async fn wait(&mut self, server: &Server) {
        server.world.clock.advance(limits::RECOVERY_DELAY);
        self.ada.cookie.clear();
        self.ada.sign_in().await;
    }

    async fn link(&mut self, id: &str) -> String {
        let link = self.step("link");
        shown_link(&self.ada.submit(&link, &[("recovery", id)]).await)
    }
}

/// Enrols a new passkey by a link, over the wire: the browser of whoever has the link.
async fn enrol<'a>(server: &'a Server, link: &str, of: &Browser<'_>) -> (Browser<'a>, u16) {
    let mut finder = Browser::new(server, of.account);
    let started = finder
        .json(&format!("{link}/passkey/start"), "", "{}")
        .await;
    if started.status != 200 {
        return (finder, started.status);
    }
    let (ceremony, options) = ward_testkit::ceremony(&started);
    let made = finder.passkey.create(&options).await.unwrap();
    let body = format!("{{\"ceremony\":\"{ceremony}\",\"credential\":{made}}}");
    let done = finder
        .json(&format!("{link}/passkey/finish"), "", &body)
        .await;
    assert_eq!(
        session_set_by(&done),
        None,
        "an enrolment begins no session"
    );
    (finder, done.status)
}

/// Keycloak #12759, authentik #18639: whoever comes by the link is signed in at its end.
#[tokio::test]
async fn class_02_recovery_signs_in() {
    let server = empty().await;
    let mut three = Three::new(&server).await;
    let id = three.open().await;
    three.approve(&id).await;
    three.wait(&server).await;
    let link = three.link(&id).await;
    let (mut finder, status) = enrol(&server, &link, &three.mary).await;
    assert_eq!((status, finder.cookie.as_str()), (200, ""));
    for route in guarded(&server) {
        let (method, path) = (route.method.as_str(), path(route.pattern));
        let answer = finder.send(method, &path, &[], "").await;
        assert_refused(&answer, &format!("{route:?}"));
    }
    // The link, and what belonged to it, are no credential either.
    finder.cookie = link.trim_start_matches("/enrol/").to_owned();
    assert_refused(&finder.get("/").await, "the link as a cookie");
    finder.cookie.clear();
    assert_eq!(
        enrol(&server, &link, &three.mary).await.1,
        404,
        "it works once"
    );
    // What Mary had is gone, her session with it; the new factor signs in, as each time.
    assert_refused(&three.mary.get("/account").await, "the old session");
    three.mary.cookie.clear();
    let old = ("/sign-in/passkey/start", "/sign-in/passkey/finish");
    let old = three.mary.by_passkey(old.0, old.1, "", "").await;
    assert_eq!(old.status, 401, "the old passkey");
    finder.sign_in().await;
    assert_eq!(finder.get("/account").await.status, 200);
}

/// Keycloak CVE-2026-18963: a later step is asked for without the earlier ones.
#[tokio::test]
async fn class_03_recovery_gate_skipped() {
    let server = empty().await;
    let mut three = Three::new(&server).await;
    let (approve, link) = (three.step("approve"), three.step("link"));
    for recovery in ["", "1", "null", &"A".repeat(43)] {
        for step in [&approve, &link] {
            let answer = three.ada.submit(step, &[("recovery", recovery)]).await;
            assert_eq!(answer.status, 409, "nothing is open: {step}");
        }
    }
    let id = three.open().await;
    let own = [("recovery", id.as_str())];
    assert_eq!(
        three.ada.submit(&link, &own).await.status,
        409,
        "not approved"
    );
    assert_eq!(three.ivy.submit(&link, &own).await.status, 409, "not hers");
    assert_eq!(
        three.ada.submit(&approve, &own).await.status,
        409,
        "her own"
    );
    assert!(
        is_refused(&three.mary.submit(&approve, &own).await),
        "the person"
    );
    assert!(
        is_refused(&three.mary.submit(&link, &own).await),
        "the person"
    );
    three.approve(&id).await;
    assert_eq!(three.ivy.submit(&approve, &own).await.status, 409, "twice");
    assert_eq!(three.ada.submit(&link, &own).await.status, 409, "too early");
    server
        .world
        .clock
        .advance(limits::RECOVERY_DELAY.saturating_sub(Duration::from_secs(1)));
    three.ada.cookie.clear();
    three.ada.sign_in().await;
    assert_eq!(
        three.ada.submit(&link, &own).await.status,
        409,
        "a second early"
    );
    three.ivy.cookie.clear();
    three.ivy.sign_in().await;
    server.world.clock.advance(Duration::from_secs(1));
    assert_eq!(
        three.ivy.submit(&link, &own).await.status,
        409,
        "not who opened it"
    );
    // Stopped, it is over, and a step that was kept for later with it.
    three.mary.cookie.clear();
    three.mary.sign_in().await;
    let stopped = three.mary.submit("/account/recovery/stop", &own).await;
    assert_eq!(stopped.status, 303);
    assert_eq!(three.ada.submit(&link, &own).await.status, 409, "stopped");
    let again = three.open().await;
    assert_ne!(again, id);
    assert_eq!(
        three.ivy.submit(&approve, &own).await.status,
        409,
        "another one"
    );
    assert_eq!(
        three.ada.submit(&link, &own).await.status,
        409,
        "another one"
    );
    assert_eq!(
        three.mary.get("/account").await.status,
        200,
        "nothing has changed"
    );
}

/// A proof by passkey that is five minutes old opens no recovery, and a password none at all.
#[tokio::test]
async fn a_recovery_wants_a_fresh_proof_that_can_not_be_phished() {
    let server = empty().await;
    let mut three = Three::new(&server).await;
    let open = three.step("open");
    let mut typing = Browser::with_password(&server, "typing", Role::Administrator).await;
    let refused = typing.submit(&open, &[("notes", NOTES)]).await;
    assert_eq!(refused.status, 401, "a password");
    server
        .world
        .clock
        .advance(limits::FRESH_PROOF + Duration::from_secs(1));
    let refused = three.ada.submit(&open, &[("notes", NOTES)]).await;
    assert_eq!(refused.status, 401, "stale");
    let page = three.mary.get("/account").await;
    assert!(!page.body.contains("asked to recover"));
}

/// The lost authenticator, in other hands, while its account is being recovered.
#[tokio::test]
async fn a_link_that_recovers_takes_no_authenticator_twice() {
    let server = empty().await;
    let mut three = Three::new(&server).await;
    let id = three.open().await;
    three.approve(&id).await;
    three.wait(&server).await;
    let link = three.link(&id).await;
    let without = SoftwarePasskey::at(ward_testkit::ORIGIN).unwrap();
    let mut finder = Browser::new(&server, three.mary.account);
    finder.passkey = without.without_verification();
    let started = finder
        .json(&format!("{link}/passkey/start"), "", "{}")
        .await;
    let (ceremony, options) = ward_testkit::ceremony(&started);
    let made = finder.passkey.create(&options).await.unwrap();
    let body = format!("{{\"ceremony\":\"{ceremony}\",\"credential\":{made}}}");
    let done = finder
        .json(&format!("{link}/passkey/finish"), "", &body)
        .await;
    assert_eq!(done.status, 401, "without user verification");
    assert_eq!(
        enrol(&server, &link, &three.mary).await.1,
        200,
        "the link is whole"
    );
}
