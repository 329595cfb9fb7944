//! Sessions: how long they last, and how they end.

use std::time::Duration;

use ward_core::limits;
use ward_identity::Caller;

use crate::world::World;

#[tokio::test]
async fn a_session_ends_when_nothing_is_done_in_it() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    for _ in 0..5 {
        world.pass(Duration::from_mins(14));
        assert!(world.session(&signed_in).is_some());
    }
    world.pass(limits::SESSION_IDLE);
    assert!(world.session(&signed_in).is_none());
    assert!(
        world.session(&signed_in).is_none(),
        "looking does not bring it back"
    );
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_used_or_not() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    let mut passed = Duration::ZERO;
    while passed + Duration::from_mins(10) < limits::SESSION_MAX {
        world.pass(Duration::from_mins(10));
        passed += Duration::from_mins(10);
        assert!(world.session(&signed_in).is_some());
    }
    world.pass(Duration::from_mins(10));
    assert!(world.session(&signed_in).is_none());
}

/// Class 27: session fixation.
#[tokio::test]
async fn each_sign_in_has_a_new_token_and_ends_what_the_browser_had() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let first = world.sign_in(&mut passkey).await.unwrap();
    let token = first.token.expose().clone();
    let caller = Caller {
        session: Some(&token),
        ..Caller::default()
    };
    let second = world.sign_in_as(&mut passkey, &caller).await.unwrap();
    assert_ne!(second.token.expose(), &token);
    assert_ne!(second.session, first.session);
    assert!(world.session(&first).is_none());
    assert!(world.session(&second).is_some());
}

#[tokio::test]
async fn a_browser_that_changes_hands_keeps_no_session_of_the_one_before() {
    let world = World::new();
    let (_, mut mary) = world.with_passkey("mary").await;
    let (john_id, mut john) = world.with_passkey("john").await;
    let marys = world.sign_in(&mut mary).await.unwrap();
    let caller = Caller {
        session: Some(marys.token.expose()),
        ..Caller::default()
    };
    let johns = world.sign_in_as(&mut john, &caller).await.unwrap();
    assert!(world.session(&marys).is_none());
    assert_eq!(world.session(&johns).unwrap().account(), john_id);
}

#[tokio::test]
async fn a_token_that_a_stranger_chose_is_never_a_session() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let chosen = "A".repeat(43);
    let caller = Caller {
        session: Some(&chosen),
        ..Caller::default()
    };
    world.sign_in_as(&mut passkey, &caller).await.unwrap();
    for bad in ["", "null", &chosen, &"B".repeat(1_000_000)] {
        assert!(world.identity.authenticate(bad, None).is_none());
    }
}

#[tokio::test]
async fn signing_out_ends_one_session_and_signing_out_everywhere_all() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let (_, mut johns) = world.with_passkey("john").await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(world.sign_in(&mut passkey).await.unwrap());
    }
    let john = world.sign_in(&mut johns).await.unwrap();
    let assured = world.session(&sessions[0]).unwrap();
    world
        .identity
        .sign_out(&assured, &Caller::default())
        .await
        .unwrap();
    assert!(world.session(&sessions[0]).is_none() && world.session(&sessions[1]).is_some());
    let assured = world.session(&sessions[1]).unwrap();
    world.identity.sign_out_everywhere(&assured).await.unwrap();
    assert!(
        sessions
            .iter()
            .all(|session| world.session(session).is_none())
    );
    assert!(world.session(&john).is_some(), "others go on");
}

#[tokio::test]
async fn an_account_has_so_many_sessions_and_the_oldest_makes_room() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let mut sessions = Vec::new();
    for _ in 0..limits::SESSIONS_PER_ACCOUNT + 2 {
        sessions.push(world.sign_in(&mut passkey).await.unwrap());
        world.pass(Duration::from_secs(1));
    }
    let live: Vec<bool> = sessions
        .iter()
        .map(|session| world.session(session).is_some())
        .collect();
    assert_eq!(
        live.iter().filter(|live| **live).count(),
        limits::SESSIONS_PER_ACCOUNT
    );
    assert_eq!(&live[..3], [false, false, true]);
}

#[tokio::test]
async fn a_form_token_is_of_its_session_alone() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let one = world
        .session(&world.sign_in(&mut passkey).await.unwrap())
        .unwrap();
    let two = world
        .session(&world.sign_in(&mut passkey).await.unwrap())
        .unwrap();
    assert!(one.is_form_token(one.form_token()));
    assert!(!one.is_form_token(two.form_token()));
    for bad in ["", "null", &one.form_token()[1..]] {
        assert!(!one.is_form_token(bad));
    }
}

#[tokio::test]
async fn upkeep_writes_down_that_a_session_ended() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let signed_in = world.sign_in(&mut passkey).await.unwrap();
    world.identity.keep_up().await.unwrap();
    let before = world.entries();
    world.identity.keep_up().await.unwrap();
    assert_eq!(world.entries(), before, "nothing to say");
    world.pass(limits::SESSION_IDLE);
    world.identity.keep_up().await.unwrap();
    assert_eq!(
        world.entries(),
        before + 2,
        "the session removed, and that it ended"
    );
    assert!(world.session(&signed_in).is_none());
}
