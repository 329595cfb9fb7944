//! A command line as a person's own client: connected in a browser, and the ways around it.

use std::{net::IpAddr, time::Duration};

use data_encoding::BASE64URL_NOPAD;
use ward_core::{AccountId, SystemRandom, limits};
use ward_identity::{
    Assured, Author, Caller, Connecting, Error, MANAGE_SCOPE, Role, SignedIn, TokenRequest,
};
use ward_testkit::{ServiceClient, SoftwarePasskey};

use crate::world::{ORIGIN, PASSWORD, TOKEN_URL, World, from};

const BEGIN: &str = "https://localhost:8443/oauth/device_authorization";
const ACCOUNTS: &str = "https://localhost:8443/manage/accounts";

/// The machine on which `ward login` was typed.
struct Machine(ServiceClient);

impl Machine {
    fn new() -> Self {
        Self(ServiceClient::new().unwrap())
    }

    fn proof(&self, world: &World, method: &str, url: &str, token: Option<&str>) -> String {
        let mut id = [0; 12];
        ward_core::Random::fill(&SystemRandom, &mut id);
        let id = BASE64URL_NOPAD.encode(&id);
        self.0.proof(method, url, world.now(), &id, token).unwrap()
    }

    fn begin_with(&self, world: &World, more: &[(&str, &str)]) -> Result<Connecting, Error> {
        let fields = [("client_id", "ward-cli")].into_iter();
        let fields: Vec<_> = fields
            .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
            .chain(more.iter().copied())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let proof = self.proof(world, "POST", BEGIN, None);
        let caller = from("192.0.2.1");
        let identity = &world.identity;
        identity.begin_command_line(&fields, Some(&proof), BEGIN, &caller)
    }

    fn begin(&self, world: &World) -> Connecting {
        self.begin_with(world, &[]).unwrap()
    }

    /// Asks for the token, in its time.
    async fn ask(&self, world: &World, connecting: &Connecting) -> Result<String, Error> {
        world.pass(connecting.interval);
        self.ask_now(world, connecting).await
    }

    async fn ask_now(&self, world: &World, connecting: &Connecting) -> Result<String, Error> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = [
            pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            pair("client_id", "ward-cli"),
            pair("device_code", connecting.device_code.expose()),
        ];
        let request = TokenRequest::from_form(&form)?;
        let proof = self.proof(world, "POST", TOKEN_URL, None);
        let caller = from("192.0.2.1");
        let issued = world
            .identity
            .token(&request, Some(&proof), &caller)
            .await?;
        assert_eq!(issued.scope, MANAGE_SCOPE);
        assert!(issued.refresh_token.is_none() && issued.expires_in <= Duration::from_hours(1));
        Ok(issued.token.expose().clone())
    }

    fn use_token(&self, world: &World, token: &str) -> Result<Assured, Error> {
        let proof = self.proof(world, "GET", ACCOUNTS, Some(token));
        let address: Option<IpAddr> = "192.0.2.1".parse().ok();
        let identity = &world.identity;
        identity.authenticate_dpop(token, &proof, "GET", ACCOUNTS, address)
    }
}

/// An administrator with a passkey, who just signed in.
struct Admin {
    account: AccountId,
    passkey: SoftwarePasskey,
    signed_in: SignedIn,
}

impl Admin {
    async fn new(world: &World, code: &str, name: &str) -> Self {
        let link = world.account(code, name, Role::Administrator).await;
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        world.enrol_passkey(&link, &mut passkey).await.unwrap();
        let signed_in = world.sign_in(&mut passkey).await.unwrap();
        Self {
            account: link.account,
            passkey,
            signed_in,
        }
    }

    fn assured(&self, world: &World) -> Assured {
        world.session(&self.signed_in).unwrap()
    }

    fn approve(&self, world: &World, connecting: &Connecting) -> Result<(), Error> {
        let assured = self.assured(world);
        world
            .identity
            .approve_command_line(&assured, &connecting.user_code)
    }

    async fn connect(&self, world: &World, machine: &Machine) -> String {
        let connecting = machine.begin(world);
        self.approve(world, &connecting).unwrap();
        machine.ask(world, &connecting).await.unwrap()
    }
}

async fn world() -> (World, Admin, Machine) {
    let world = World::new();
    let admin = Admin::new(&world, "WRD01", "ada").await;
    (world, admin, Machine::new())
}

#[tokio::test]
async fn a_command_line_acts_for_whoever_typed_its_code() {
    let (world, admin, machine) = world().await;
    let connecting = machine
        .begin_with(&world, &[("machine", "desk-7")])
        .unwrap();
    let waits = machine.ask(&world, &connecting).await;
    assert!(matches!(waits, Err(Error::AuthorizationPending)));
    let typed = connecting.user_code.to_lowercase().replace('-', " ");
    let assured = admin.assured(&world);
    let asks = world.identity.command_line_asks(&assured, &typed).unwrap();
    assert_eq!(asks.code, connecting.user_code);
    assert_eq!(asks.machine.as_deref(), Some("desk-7"));
    assert_eq!(asks.address, "192.0.2.1".parse().ok());
    admin.approve(&world, &connecting).unwrap();
    let entries = world.entries();
    let token = machine.ask(&world, &connecting).await.unwrap();
    assert_eq!(world.entries(), entries + 1, "the sign-in is in the log");
    let through = machine.use_token(&world, &token).unwrap();
    assert_eq!(through.account(), admin.account);
    assert!(through.manages() && through.phishing_resistant());
    assert!(through.form_token().is_empty());
    let own = world.identity.own_sessions(&through);
    assert_eq!(own.len(), 2);
    assert!(
        own.iter()
            .any(|own| own.machine.as_deref() == Some("desk-7"))
    );
}

#[tokio::test]
async fn what_is_asked_for_otherwise_is_refused() {
    let (world, _, machine) = world().await;
    let begin = |more: &[(&str, &str)]| machine.begin_with(&world, more).err();
    assert!(matches!(
        begin(&[("client_id", "")]),
        Some(Error::Client(_))
    ));
    let app = [("client_id", "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f")];
    assert!(matches!(begin(&app), Some(Error::Client(_))));
    for scope in ["system/*.cruds", "ward/manage user/*.r", "ward", "openid"] {
        assert!(matches!(begin(&[("scope", scope)]), Some(Error::NoScope)));
    }
    for (name, value) in [
        ("acr_values", "0"),
        ("max_age", "1"),
        ("max_age", "never"),
        ("max_age", "-300"),
        ("machine", "Ward help desk <b>"),
        ("machine", &"a".repeat(64)),
    ] {
        assert!(
            matches!(begin(&[(name, value)]), Some(Error::TokenRequest(_))),
            "{value}"
        );
    }
    let step_up = [
        ("acr_values", "phr"),
        ("max_age", "300"),
        ("scope", "ward/manage"),
    ];
    assert!(begin(&step_up).is_none());
    let fields = [("client_id".to_owned(), "ward-cli".to_owned())];
    let (identity, caller) = (&world.identity, Caller::default());
    let begun = identity.begin_command_line(&fields, None, BEGIN, &caller);
    assert!(matches!(begun, Err(Error::Proof(_))));
    let elsewhere = machine.proof(&world, "POST", TOKEN_URL, None);
    let begun = identity.begin_command_line(&fields, Some(&elsewhere), BEGIN, &caller);
    assert!(matches!(begun, Err(Error::Proof(_))));
}

/// The attack: whoever overhears a device code asks with a key of their own.
#[tokio::test]
async fn another_key_gets_nothing_and_spoils_what_it_asks_for() {
    let (world, admin, machine) = world().await;
    let thief = Machine::new();
    let connecting = machine.begin(&world);
    admin.approve(&world, &connecting).unwrap();
    let entries = world.entries();
    let stolen = thief.ask(&world, &connecting).await;
    assert!(matches!(stolen, Err(Error::Grant)));
    assert_eq!(world.entries(), entries + 1, "the theft is in the log");
    let after = machine.ask(&world, &connecting).await;
    assert!(
        matches!(after, Err(Error::Grant)),
        "whose code is known starts again"
    );
}

#[tokio::test]
async fn an_approved_code_works_once() {
    let (world, admin, machine) = world().await;
    let connecting = machine.begin(&world);
    admin.approve(&world, &connecting).unwrap();
    let token = machine.ask(&world, &connecting).await.unwrap();
    let again = machine.ask(&world, &connecting).await;
    assert!(matches!(again, Err(Error::Grant)));
    assert!(machine.use_token(&world, &token).is_ok());
    let typed_again = admin.approve(&world, &connecting);
    assert!(matches!(typed_again, Err(Error::UserCode)));
}

#[tokio::test]
async fn who_asks_too_often_waits_longer_and_is_answered_in_the_end() {
    let (world, admin, machine) = world().await;
    let connecting = machine.begin(&world);
    admin.approve(&world, &connecting).unwrap();
    let first = machine.begin(&world);
    assert!(matches!(
        machine.ask_now(&world, &first).await,
        Err(Error::AuthorizationPending)
    ));
    for _ in 0..3 {
        let hurried = machine.ask_now(&world, &first).await;
        assert!(matches!(hurried, Err(Error::SlowDown)));
    }
    world.pass(Duration::from_secs(5));
    assert!(matches!(
        machine.ask_now(&world, &first).await,
        Err(Error::SlowDown)
    ));
    world.pass(Duration::from_secs(25));
    let patient = machine.ask_now(&world, &first).await;
    assert!(matches!(patient, Err(Error::AuthorizationPending)));
    assert!(machine.ask(&world, &connecting).await.is_ok());
}

#[tokio::test]
async fn a_code_ends_with_its_time_and_with_a_refusal() {
    let (world, admin, machine) = world().await;
    let late = machine.begin(&world);
    world.pass(limits::COMMAND_LINE_REQUEST);
    let assured = admin.assured(&world);
    let looked = world.identity.command_line_asks(&assured, &late.user_code);
    assert_eq!(
        looked.err().map(|error| matches!(error, Error::UserCode)),
        Some(true)
    );
    assert!(matches!(
        machine.ask(&world, &late).await,
        Err(Error::ExpiredToken)
    ));
    assert!(matches!(
        machine.ask(&world, &late).await,
        Err(Error::Grant)
    ));
    let refused = machine.begin(&world);
    let denied = world
        .identity
        .deny_command_line(&assured, &refused.user_code);
    denied.unwrap();
    assert!(matches!(
        machine.ask(&world, &refused).await,
        Err(Error::AccessDenied)
    ));
    assert!(matches!(
        machine.ask(&world, &refused).await,
        Err(Error::Grant)
    ));
}

/// The attack: somebody who can sign in tries codes, so that another's command line is theirs.
#[tokio::test]
async fn codes_are_not_guessed() {
    let (world, _, machine) = world().await;
    let connecting = machine.begin(&world);
    let guesser = Admin::new(&world, "WRD02", "eve").await;
    let assured = guesser.assured(&world);
    let guess = |code: &str| world.identity.command_line_asks(&assured, code).err();
    for n in 0..limits::ATTEMPTS_PER_ACCOUNT {
        let code = format!("BBBB-BBB{}", char::from(b"BCDFG"[n as usize]));
        assert!(matches!(guess(&code), Some(Error::UserCode)), "{code}");
    }
    for right_or_wrong in ["BBBB-BBBH", &connecting.user_code] {
        assert!(matches!(
            guess(right_or_wrong),
            Some(Error::TooManyAttempts { .. })
        ));
    }
    world.pass(Duration::from_hours(1));
    let day = (0..24 * 60).filter(|_| {
        world.pass(Duration::from_mins(1));
        matches!(guess("BBBB-BBBJ"), Some(Error::UserCode))
    });
    let day = day.count();
    assert!(day < 60, "{day} guesses in a day, of 2.5e10 codes");
}

#[tokio::test]
async fn a_code_that_one_person_looked_at_is_not_anothers() {
    let (world, admin, machine) = world().await;
    let other = Admin::new(&world, "WRD01", "ben").await;
    let connecting = machine.begin(&world);
    let assured = admin.assured(&world);
    world
        .identity
        .command_line_asks(&assured, &connecting.user_code)
        .unwrap();
    assert!(matches!(
        other.approve(&world, &connecting),
        Err(Error::UserCode)
    ));
    admin.approve(&world, &connecting).unwrap();
    assert!(matches!(
        other.approve(&world, &connecting),
        Err(Error::UserCode)
    ));
}

/// The attack: a phished password and code are turned into a command line.
#[tokio::test]
async fn only_a_fresh_proof_that_can_not_be_phished_connects() {
    let (world, admin, machine) = world().await;
    let (_, app) = world.with_password("mary").await;
    let code = app.code(world.now());
    let caller = from("192.0.2.1");
    let typed = world
        .identity
        .sign_in_with_password("mary@WRD01", PASSWORD, &code, &caller)
        .await
        .unwrap();
    let connecting = machine.begin(&world);
    let by_code = world.session(&typed).unwrap();
    let approved = world
        .identity
        .approve_command_line(&by_code, &connecting.user_code);
    assert!(matches!(approved, Err(Error::FreshProof)));
    world.pass(limits::FRESH_PROOF + Duration::from_secs(1));
    assert!(matches!(
        admin.approve(&world, &connecting),
        Err(Error::FreshProof)
    ));
    let waits = machine.ask(&world, &connecting).await;
    assert!(matches!(waits, Err(Error::AuthorizationPending)));
}

/// The attack: a command line connects another, and so lives on for ever.
#[tokio::test]
async fn a_command_line_connects_no_other_and_changes_no_factor() {
    let (world, admin, machine) = world().await;
    let token = admin.connect(&world, &machine).await;
    let another = Machine::new().begin(&world);
    let through = machine.use_token(&world, &token).unwrap();
    let approved = world
        .identity
        .approve_command_line(&through, &another.user_code);
    assert!(matches!(approved, Err(Error::FreshProof)));
    let added = world.identity.start_passkey_addition(&through);
    assert!(matches!(added, Err(Error::FreshProof)));
    let proved = world.identity.start_passkey_step_up(&through);
    assert!(matches!(proved, Err(Error::FreshProof)));
}

#[tokio::test]
async fn a_stolen_token_is_worth_nothing_without_the_key_and_the_key_nothing_without_a_token() {
    let (world, admin, machine) = world().await;
    let token = admin.connect(&world, &machine).await;
    let thief = Machine::new();
    assert!(matches!(
        thief.use_token(&world, &token),
        Err(Error::Proof(_))
    ));
    let made_up = BASE64URL_NOPAD.encode(&[7; 32]);
    assert!(matches!(
        machine.use_token(&world, &made_up),
        Err(Error::AccessToken)
    ));
    // Nor is the cookie of a browser one, nor the token a cookie.
    let cookie = admin.signed_in.token.expose();
    assert!(matches!(
        machine.use_token(&world, cookie),
        Err(Error::AccessToken)
    ));
    assert!(world.identity.authenticate(&token, None).is_none());
}

#[tokio::test]
async fn it_ends_at_the_next_request_with_whatever_ends_a_session() {
    let (world, mut admin, machine) = world().await;
    let other = Admin::new(&world, "WRD01", "ben").await;
    let works = |token: &str| machine.use_token(&world, token).is_ok();

    let token = admin.connect(&world, &machine).await;
    let again = admin.connect(&world, &machine).await;
    assert!(
        !works(&token) && works(&again),
        "another of the same machine replaces it"
    );

    let browser = admin.assured(&world);
    world
        .identity
        .sign_out(&browser, &Caller::default())
        .await
        .unwrap();
    assert!(works(&again), "it is not the browser's");
    admin.signed_in = world.sign_in(&mut admin.passkey).await.unwrap();
    world
        .identity
        .sign_out_everywhere(&admin.assured(&world))
        .await
        .unwrap();
    assert!(!works(&again), "signed out everywhere");

    admin.signed_in = world.sign_in(&mut admin.passkey).await.unwrap();
    let token = admin.connect(&world, &machine).await;
    let through = machine.use_token(&world, &token).unwrap();
    let entries = world.entries();
    let ended = world.identity.end_own_session(&through, through.session());
    ended.await.unwrap();
    assert!(
        !works(&token) && !world.identity.is_in_force(&through),
        "logged out"
    );
    assert_eq!(world.entries(), entries + 1);

    let token = admin.connect(&world, &machine).await;
    world.pass(limits::SESSION_IDLE);
    assert!(!works(&token), "idle");

    admin.signed_in = world.sign_in(&mut admin.passkey).await.unwrap();
    let token = admin.connect(&world, &machine).await;
    for _ in 0..6 {
        assert!(works(&token));
        world.pass(Duration::from_mins(10));
    }
    assert!(!works(&token), "an hour");

    let mut other = other;
    other.signed_in = world.sign_in(&mut other.passkey).await.unwrap();
    admin.signed_in = world.sign_in(&mut admin.passkey).await.unwrap();
    let token = admin.connect(&world, &machine).await;
    let by = other.assured(&world);
    let suspended = world.identity.suspend(Author::Account(&by), admin.account);
    suspended.await.unwrap();
    assert!(!works(&token), "suspended");
}

#[tokio::test]
async fn it_ends_when_a_factor_of_its_person_changes() {
    let (world, admin, machine) = world().await;
    let token = admin.connect(&world, &machine).await;
    let assured = admin.assured(&world);
    let started = world.identity.start_passkey_addition(&assured).unwrap();
    let mut second = SoftwarePasskey::at(ORIGIN).unwrap();
    let made = second.create(&started.options).await.unwrap();
    let (ceremony, caller) = (&started.ceremony, Caller::default());
    world
        .identity
        .finish_passkey_addition(&assured, ceremony, &made, "Key", &caller)
        .await
        .unwrap();
    assert!(machine.use_token(&world, &token).is_err());
}

#[tokio::test]
async fn who_is_shut_out_while_it_waits_connects_nothing() {
    for by_suspension in [true, false] {
        let (world, admin, machine) = world().await;
        let connecting = machine.begin(&world);
        admin.approve(&world, &connecting).unwrap();
        if by_suspension {
            let suspended = world.identity.suspend(Author::Setup, admin.account);
            suspended.await.unwrap();
        } else {
            let assured = admin.assured(&world);
            world.identity.sign_out_everywhere(&assured).await.unwrap();
        }
        let after = machine.ask(&world, &connecting).await;
        assert!(matches!(after, Err(Error::AccessDenied)), "{by_suspension}");
    }
}

#[tokio::test]
async fn no_connection_outlives_the_process() {
    let (world, admin, machine) = world().await;
    let token = admin.connect(&world, &machine).await;
    let world = world.restart();
    assert!(matches!(
        machine.use_token(&world, &token),
        Err(Error::AccessToken)
    ));
}

#[tokio::test]
async fn one_account_has_few_connections_and_the_oldest_ends() {
    let (world, admin, _) = world().await;
    let machines: Vec<Machine> = (0..=limits::SESSIONS_PER_ACCOUNT)
        .map(|_| Machine::new())
        .collect();
    let mut tokens = Vec::new();
    for machine in &machines {
        tokens.push(admin.connect(&world, machine).await);
    }
    let works: Vec<bool> = machines
        .iter()
        .zip(&tokens)
        .map(|(machine, token)| machine.use_token(&world, token).is_ok())
        .collect();
    assert_eq!(
        works.iter().filter(|works| **works).count(),
        limits::SESSIONS_PER_ACCOUNT
    );
    assert_eq!(works.first(), Some(&false));
}
