//! Floods of failing password sign-ins, and who still gets in.

use std::{sync::Arc, time::Duration};

use ward_core::limits;
use ward_identity::{Error, SignedIn};

use crate::world::{App, PASSWORD, World, from};

const HOSPITAL: &str = "192.0.2.1";
const ELSEWHERE: &str = "203.0.113.1";

/// Signs in with what is right, at a time when no code was used yet.
async fn sign_in(world: &World, name: &str, app: &App, at: &str) -> Result<SignedIn, Error> {
    world.pass(Duration::from_secs(30));
    let code = app.code(world.now());
    typed(world, name, &code, at).await
}

async fn typed(world: &World, name: &str, code: &str, at: &str) -> Result<SignedIn, Error> {
    world
        .identity
        .sign_in_with_password(name, PASSWORD, code, &from(at))
        .await
}

async fn fail(world: &World, name: &str, at: &str) -> Error {
    world
        .identity
        .sign_in_with_password(name, "wrong password", "000000", &from(at))
        .await
        .unwrap_err()
}

/// The attack: 10,000 failing sign-ins in a minute against one account and from one address.
#[tokio::test]
async fn a_flood_against_one_account_keeps_out_nobody_else_and_does_not_lose_the_account() {
    let world = World::new();
    let (_, mary) = world.with_password("mary").await;
    let (_, john) = world.with_password("john").await;
    let (_, mut zoe) = world.with_passkey("zoe").await;
    sign_in(&world, "mary@WRD01", &mary, ELSEWHERE)
        .await
        .unwrap();
    world.pass(Duration::from_secs(30));
    let mut checked = 0;
    for _ in 0..50 {
        checked += flood_mary(&world).await;
        world.pass(Duration::from_secs(1));
    }
    assert_eq!(checked, limits::ATTEMPTS_PER_ACCOUNT);
    // While it goes on, somebody signs in who never did from there, by either way; and the owner,
    // who did elsewhere.
    let code = john.code(world.now());
    flood_mary(&world).await;
    typed(&world, "john@WRD01", &code, HOSPITAL).await.unwrap();
    world.sign_in_as(&mut zoe, &from(HOSPITAL)).await.unwrap();
    let code = mary.code(world.now());
    flood_mary(&world).await;
    typed(&world, "mary@WRD01", &code, ELSEWHERE).await.unwrap();
    // Once it is over, the owner gets in from anywhere.
    world.pass(limits::ATTEMPT_WINDOW);
    sign_in(&world, "mary@WRD01", &mary, "203.0.113.77")
        .await
        .unwrap();
}

/// A second of the flood. Gives how many of its guesses were checked.
async fn flood_mary(world: &World) -> u32 {
    let mut checked = 0;
    for _ in 0..200 {
        let refusal = fail(world, "mary@WRD01", HOSPITAL).await;
        checked += u32::from(matches!(refusal, Error::SignIn));
    }
    checked
}

/// The attack: a guest behind the address of a hospital tries names that nobody has.
#[tokio::test]
async fn wrong_names_behind_an_address_do_not_keep_out_who_signs_in_there() {
    let world = World::new();
    let (_, mary) = world.with_password("mary").await;
    let (_, john) = world.with_password("john").await;
    sign_in(&world, "mary@WRD01", &mary, HOSPITAL)
        .await
        .unwrap();
    world.pass(Duration::from_secs(30));
    let code = mary.code(world.now());
    for n in 0..limits::ATTEMPTS_PER_ADDRESS + 5 {
        fail(&world, &format!("nobody{n}@WRD01"), HOSPITAL).await;
    }
    typed(&world, "mary@WRD01", &code, HOSPITAL).await.unwrap();
    // Others wait for as long as one attempt costs, whatever was mistyped before.
    let mut names = (0..).map(|n| format!("somebody{n}@WRD01"));
    let wait = loop {
        let refusal = fail(&world, &names.next().unwrap(), HOSPITAL).await;
        if let Error::TooManyAttempts { wait } = refusal {
            break wait;
        }
    };
    assert!(wait <= limits::ATTEMPT_WINDOW / limits::ATTEMPTS_PER_ADDRESS);
    sign_in(&world, "john@WRD01", &john, HOSPITAL)
        .await
        .unwrap();
}

/// The attack: so many addresses at once that every place for a password hash is taken.
#[tokio::test]
async fn a_flood_from_many_addresses_does_not_keep_out_who_is_known_at_a_place() {
    let world = Arc::new(World::new());
    let (_, mary) = world.with_password("mary").await;
    sign_in(&world, "mary@WRD01", &mary, HOSPITAL)
        .await
        .unwrap();
    let flood: Vec<_> = (0..limits::PASSWORD_HASHES_WAITING + 50)
        .map(|n| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let (name, at) = (format!("nobody{n}@WRD01"), format!("198.51.100.{n}"));
                fail(&world, &name, &at).await
            })
        })
        .collect();
    // The first who are told that the server is busy: the queue is full.
    while !flood.iter().any(tokio::task::JoinHandle::is_finished) {
        tokio::task::yield_now().await;
    }
    for _ in 0..2 {
        sign_in(&world, "mary@WRD01", &mary, HOSPITAL)
            .await
            .unwrap();
    }
    let waiting = flood.iter().filter(|one| !one.is_finished()).count();
    assert!(waiting > limits::PASSWORD_HASHES_WAITING / 2, "{waiting}");
    for one in flood {
        one.abort();
    }
}
