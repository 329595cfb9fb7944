//! What outlives the process.

use std::time::Duration;

use ward_core::limits;
use ward_identity::{Author, Caller, Error, Role, TokenRequest};
use ward_testkit::SoftwarePasskey;

use crate::{
    services::form,
    world::{ORIGIN, PASSWORD, TOKEN_URL, World, ods},
};

#[tokio::test]
async fn sessions_go_on_and_their_idle_time_with_them() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let form_token = world.session(&signed_in).unwrap().form_token().to_owned();
    world.pass(Duration::from_mins(10));
    assert!(world.session(&signed_in).is_some());
    world.identity.keep_up().await.unwrap();
    world.pass(Duration::from_mins(2));
    assert!(
        world.session(&signed_in).is_some(),
        "used, but not written down any more"
    );
    let world = world.restart();
    assert_eq!(world.session(&signed_in).unwrap().form_token(), form_token);
    let world = world.restart();
    world.pass(Duration::from_mins(13));
    assert!(
        world.session(&signed_in).is_none(),
        "idle since it was last written down"
    );
}

#[tokio::test]
async fn a_session_is_no_older_and_no_younger_after_a_restart() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let mut world = world;
    for _ in 0..71 {
        world.pass(Duration::from_mins(10));
        assert!(world.session(&signed_in).is_some());
        world.identity.keep_up().await.unwrap();
    }
    world = world.restart();
    assert!(world.session(&signed_in).is_some());
    world.pass(Duration::from_mins(10));
    assert!(world.session(&signed_in).is_none());
}

#[tokio::test]
async fn what_has_ended_stays_ended() {
    let world = World::new();
    let (account, mut passkey) = world.with_passkey("mary").await;
    let out = world.sign_in(&mut passkey).await.unwrap();
    let assured = world.session(&out).unwrap();
    world
        .identity
        .sign_out(&assured, &Caller::default())
        .await
        .unwrap();
    let suspended = world.sign_in(&mut passkey).await.unwrap();
    world
        .identity
        .suspend(Author::Setup, account)
        .await
        .unwrap();
    let world = world.restart();
    assert!(world.session(&out).is_none() && world.session(&suspended).is_none());
    assert!(matches!(
        world.sign_in(&mut passkey).await,
        Err(Error::SignIn)
    ));
    world.identity.resume(Author::Setup, account).await.unwrap();
    world.sign_in(&mut passkey).await.unwrap();
}

#[tokio::test]
async fn a_used_code_and_a_used_link_stay_used() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let link = world.account("WRD01", "john", Role::Carer).await;
    let unused = world.account("WRD01", "zoe", Role::Carer).await;
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    world.enrol_passkey(&link, &mut passkey).await.unwrap();
    let code = app.code(world.now());
    let caller = Caller::default();
    let name = "mary@WRD01";
    world
        .identity
        .sign_in_with_password(name, PASSWORD, &code, &caller)
        .await
        .unwrap();
    let world = world.restart();
    let again = world
        .identity
        .sign_in_with_password(name, PASSWORD, &code, &caller)
        .await;
    assert!(matches!(again, Err(Error::SignIn)));
    assert!(world.identity.enrolment(link.token.expose()).is_none());
    assert!(world.identity.enrolment(unused.token.expose()).is_some());
    world.sign_in(&mut passkey).await.unwrap();
}

#[tokio::test]
async fn a_cloned_authenticator_is_refused_after_a_restart_too() {
    let world = World::new();
    let link = world.account("WRD01", "mary", Role::Clinician).await;
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap().counting();
    world.enrol_passkey(&link, &mut passkey).await.unwrap();
    let mut clone = passkey.clone();
    world.sign_in(&mut passkey).await.unwrap();
    let world = world.restart();
    assert!(matches!(
        world.sign_in(&mut clone).await,
        Err(Error::SignIn)
    ));
    world.sign_in(&mut passkey).await.unwrap();
}

#[tokio::test]
async fn a_service_goes_on_with_a_new_token_and_no_old_assertion() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "a1")
        .unwrap();
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "p1", None)
        .unwrap();
    let request = TokenRequest::from_form(&form(&assertion, "system/Patient.r")).unwrap();
    let caller = Caller::default();
    let token = world
        .identity
        .token(&request, Some(&proof), &caller)
        .await
        .unwrap();
    world.pass(Duration::from_secs(2));
    let world = world.restart();
    let url = "https://localhost:8443/fhir/WRD01/Patient";
    let proof = client
        .proof("GET", url, world.now(), "p2", Some(token.token.expose()))
        .unwrap();
    let used = world
        .identity
        .authenticate_dpop(token.token.expose(), &proof, "GET", url, None);
    assert!(matches!(used, Err(Error::AccessToken)));
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "p3", None)
        .unwrap();
    let replayed = world.identity.token(&request, Some(&proof), &caller).await;
    assert!(
        matches!(replayed, Err(Error::Client(_))),
        "made before this server started"
    );
    world.pass(limits::CLOCK_SKEW + Duration::from_secs(1));
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "a2")
        .unwrap();
    let request = TokenRequest::from_form(&form(&assertion, "system/Patient.r")).unwrap();
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "p4", None)
        .unwrap();
    world
        .identity
        .token(&request, Some(&proof), &caller)
        .await
        .unwrap();
    assert_eq!(
        world.find(id).service().unwrap().scopes().to_string(),
        "system/Patient.rs"
    );
    assert_eq!(world.identity.accounts(&ods("WRD01")).len(), 3);
}

/// The attack: an assertion dated ahead is used, seen by somebody, and used again after a quick
/// restart. A service that is new to the process has used none before.
#[tokio::test]
async fn an_assertion_dated_ahead_does_not_work_again_after_a_restart() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    let ahead = world.now() + limits::CLOCK_SKEW;
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, ahead, "a1")
        .unwrap();
    let request = TokenRequest::from_form(&form(&assertion, "system/Patient.r")).unwrap();
    let caller = Caller::default();
    let proof = |world: &World, jti| {
        client
            .proof("POST", TOKEN_URL, world.now(), jti, None)
            .unwrap()
    };
    let first = proof(&world, "p1");
    world
        .identity
        .token(&request, Some(&first), &caller)
        .await
        .unwrap();
    let mut world = world;
    for (jti, wait) in [("p2", 0), ("p3", 1), ("p4", 12)] {
        world.pass(Duration::from_secs(wait));
        world = world.restart();
        let proof = proof(&world, jti);
        let again = world.identity.token(&request, Some(&proof), &caller).await;
        assert!(matches!(again, Err(Error::Client(_))), "{jti}");
    }
}
