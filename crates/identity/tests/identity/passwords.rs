//! Signing in with a password and a code.

use std::sync::Arc;

use ward_core::limits;
use ward_identity::{Author, Error};
use ward_log::Factors;

use crate::world::{PASSWORD, World, from};

fn refused<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::SignIn))
}

async fn typed(
    world: &World,
    name: &str,
    password: &str,
    code: &str,
) -> Result<ward_identity::SignedIn, Error> {
    let caller = from("192.0.2.1");
    world
        .identity
        .sign_in_with_password(name, password, code, &caller)
        .await
}

#[tokio::test]
async fn a_password_and_a_code_sign_in_together() {
    let world = World::new();
    let (account, app) = world.with_password("mary").await;
    let code = app.code(world.now());
    let signed_in = typed(&world, "mary@WRD01", PASSWORD, &code).await.unwrap();
    assert_eq!(signed_in.account.id(), account);
    let assured = world.session(&signed_in).unwrap();
    assert_eq!(assured.factors(), Factors::PASSWORD.with(Factors::TOTP));
    assert!(!assured.phishing_resistant());
}

/// Classes 8 and 24: one of the two factors, an empty one, or none.
#[tokio::test]
async fn one_factor_alone_gives_nothing() {
    let world = World::new();
    let (account, app) = world.with_password("mary").await;
    let code = app.code(world.now());
    for (password, code) in [
        (PASSWORD, ""),
        (PASSWORD, "000000"),
        ("", code.as_str()),
        ("wrong", code.as_str()),
    ] {
        let result = typed(&world, "mary@WRD01", password, code).await;
        assert!(refused(&result), "{password}/{code}");
    }
    world.pass(limits::ATTEMPT_WINDOW);
    let code = app.code(world.now());
    for name in ["", "mary", "@WRD01", "mary@", "null", "mary@WRD02"] {
        assert!(
            refused(&typed(&world, name, PASSWORD, &code).await),
            "{name}"
        );
    }
    assert_eq!(world.find(account).id(), account);
    typed(&world, "mary@WRD01", PASSWORD, &code).await.unwrap();
}

/// Class 11: spellings of a name lose what is bound to it.
#[tokio::test]
async fn every_spelling_of_a_name_is_limited_and_let_in_as_one_account() {
    let world = World::new();
    let (account, app) = world.with_password("mary").await;
    let spellings = [
        "MARY@wrd01",
        " mary @ WRD01 ",
        "ma\u{200B}ry@WRD01",
        "ｍａｒｙ＠ＷＲＤ０１",
        "Mary@Wrd01",
    ];
    for spelling in spellings {
        assert!(refused(
            &typed(&world, spelling, "wrong password!", "000000").await
        ));
    }
    let code = app.code(world.now());
    let sixth = typed(&world, "mary@WRD01", PASSWORD, &code).await;
    assert!(
        matches!(sixth, Err(Error::TooManyAttempts { .. })),
        "one limit for all spellings"
    );
    world.pass(limits::ATTEMPT_WINDOW);
    let code = app.code(world.now());
    let signed_in = typed(&world, "ＭＡＲＹ @\u{3000}wrd01", PASSWORD, &code)
        .await
        .unwrap();
    assert_eq!(signed_in.account.id(), account);
}

/// Class 12: a code that was used.
#[tokio::test]
async fn a_code_works_once() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let code = app.code(world.now());
    typed(&world, "mary@WRD01", PASSWORD, &code).await.unwrap();
    assert!(refused(&typed(&world, "mary@WRD01", PASSWORD, &code).await));
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert!(refused(
        &typed(&world, "mary@WRD01", PASSWORD, &spaced).await
    ));
}

/// Class 12: the race. Each use comes from its own address; the account's own limit lets at most
/// five be under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_parallel_uses_of_a_code_one_succeeds() {
    let world = Arc::new(World::new());
    let (_, app) = world.with_password("mary").await;
    let code = app.code(world.now());
    let uses: Vec<_> = (0..50)
        .map(|n| {
            let (world, code) = (Arc::clone(&world), code.clone());
            tokio::spawn(async move {
                let caller = from(&format!("192.0.2.{n}"));
                let name = "mary@WRD01";
                world
                    .identity
                    .sign_in_with_password(name, PASSWORD, &code, &caller)
                    .await
                    .is_ok()
            })
        })
        .collect();
    let mut successes = 0;
    for one in uses {
        successes += usize::from(one.await.unwrap());
    }
    assert_eq!(successes, 1);
}

/// Class 13: the limit is taken before the attempt, so that many at once don't slip through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_guesses_count_one_by_one() {
    let world = Arc::new(World::new());
    world.with_password("mary").await;
    let guesses: Vec<_> = (0..40)
        .map(|n| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let caller = from(&format!("198.51.100.{n}"));
                let guess = format!("guess number {n}");
                let name = "mary@WRD01";
                world
                    .identity
                    .sign_in_with_password(name, &guess, "000000", &caller)
                    .await
            })
        })
        .collect();
    let mut checked = 0;
    for guess in guesses {
        checked += u32::from(refused(&guess.await.unwrap()));
    }
    assert_eq!(checked, limits::ATTEMPTS_PER_ACCOUNT);
}

#[tokio::test]
async fn an_account_under_attack_stays_open_to_its_owners_passkey() {
    let world = World::new();
    let (_, mut passkey) = world.with_passkey("mary").await;
    let (_, app) = world.with_password("john").await;
    for n in 0..20 {
        let caller = from(&format!("192.0.2.{n}"));
        let name = "mary@WRD01";
        let _ = world
            .identity
            .sign_in_with_password(name, "wrong password", "1", &caller)
            .await;
    }
    let signed_in = world
        .sign_in_as(&mut passkey, &from("192.0.2.1"))
        .await
        .unwrap();
    assert!(world.session(&signed_in).is_some());
    let code = app.code(world.now());
    typed(&world, "john@WRD01", PASSWORD, &code).await.unwrap();
}

#[tokio::test]
async fn attackers_elsewhere_do_not_use_up_what_the_owner_has_at_a_familiar_place() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let code = app.code(world.now());
    typed(&world, "mary@WRD01", PASSWORD, &code).await.unwrap();
    world.pass(std::time::Duration::from_secs(30));
    for n in 0..8 {
        let caller = from(&format!("198.51.100.{n}"));
        let guess = world
            .identity
            .sign_in_with_password("mary@WRD01", "guess", "000000", &caller);
        assert!(guess.await.is_err());
    }
    let code = app.code(world.now());
    let stranger = from("203.0.113.1");
    let name = "mary@WRD01";
    let elsewhere = world
        .identity
        .sign_in_with_password(name, PASSWORD, &code, &stranger)
        .await;
    assert!(matches!(elsewhere, Err(Error::TooManyAttempts { .. })));
    typed(&world, "mary@WRD01", PASSWORD, &code).await.unwrap();
}

#[tokio::test]
async fn one_address_that_guesses_names_must_wait() {
    let world = World::new();
    let caller = from("203.0.113.5");
    let mut refusals = 0;
    for n in 0..limits::ATTEMPTS_PER_ADDRESS + 5 {
        let name = format!("nobody{n}@WRD01");
        let result = world
            .identity
            .sign_in_with_password(&name, "x", "1", &caller)
            .await;
        refusals += u32::from(refused(&result));
    }
    assert_eq!(refusals, limits::ATTEMPTS_PER_ADDRESS);
    let other = world
        .identity
        .sign_in_with_password("a@WRD01", "x", "1", &from("203.0.113.6"))
        .await;
    assert!(refused(&other));
}

/// The answer is one text, and the work one hash and one entry, whether the account exists or not.
/// Time is not asserted: what takes it is.
#[tokio::test]
async fn a_failure_tells_nothing_of_the_account() {
    let world = World::new();
    world.with_password("mary").await;
    let (suspended, app) = world.with_password("john").await;
    world
        .identity
        .suspend(Author::Setup, suspended)
        .await
        .unwrap();
    world.with_passkey("zoe").await;
    let mut answers = Vec::new();
    for (name, password, code) in [
        ("mary@WRD01", "wrong password", "000000".to_owned()),
        ("nobody@WRD01", "wrong password", "000000".to_owned()),
        ("zoe@WRD01", "wrong password", "000000".to_owned()),
        ("john@WRD01", PASSWORD, app.code(world.now())),
    ] {
        let before = world.entries();
        let answer = typed(&world, name, password, &code).await.unwrap_err();
        answers.push((answer.to_string(), world.entries() - before));
    }
    let expected = ("the sign-in details are not right".to_owned(), 1);
    assert_eq!(answers, vec![expected; 4]);
}

#[tokio::test]
async fn failures_are_written_down_at_a_bounded_rate() {
    let world = World::new();
    let before = world.entries();
    // Each account's attempts run out, which needs no hash: so this is quick.
    for n in 0..200 {
        let caller = from(&format!("10.0.{}.{}", n / 100, n % 100));
        let _ = world
            .identity
            .sign_in_with_password("mary@WRD01", "x", "1", &caller)
            .await;
    }
    let written = limits::FAILURES_LOGGED + limits::ATTEMPTS_PER_ACCOUNT;
    assert_eq!(world.entries() - before, u64::from(written));
    let withheld = world.identity.keep_up().await.unwrap();
    assert_eq!(withheld, 200 - u64::from(written));
}

#[tokio::test]
async fn huge_fields_are_refused() {
    let world = World::new();
    let (_, app) = world.with_password("mary").await;
    let huge = "a".repeat(1_000_000);
    let code = app.code(world.now());
    for (name, password, code) in [
        (huge.as_str(), PASSWORD, code.as_str()),
        ("mary@WRD01", huge.as_str(), code.as_str()),
        ("mary@WRD01", PASSWORD, huge.as_str()),
    ] {
        let refusal = typed(&world, name, password, code).await;
        assert!(refused(&refusal));
    }
}
