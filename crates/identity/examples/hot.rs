//! What each request costs before its handler runs: the check of a session, and of a DPoP-bound
//! token beside the bare signature that it can't do without.
//!
//! `cargo run --release -p ward-identity --example hot`

use std::{error::Error, hint::black_box, sync::Arc, time::Duration};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use ward_core::{Clock, Ods, SystemClock, SystemRandom};
use ward_crypto::RootKey;
use ward_identity::{
    Author, Caller, Identity, IdentityConfig, NewAccount, NewService, Role, Scopes, TokenRequest,
};
use ward_store::{Projection, Projector, SaltOf, Store, StoreOptions, WriteEvent};
use ward_testkit::{ServiceClient, SoftwarePasskey};

const ORIGIN: &str = "https://localhost:8443";
const TOKEN_URL: &str = "https://localhost:8443/oauth/token";
const URL: &str = "https://localhost:8443/fhir/WRD01/Patient/9990000018";
/// Rounds in a batch, and batches: the quickest batch counts, as the machine has other work.
const ROUNDS: u32 = 50;
const BATCHES: u32 = 1_000;

type Done<T> = Result<T, Box<dyn Error>>;

struct NoResources;

impl Projector for NoResources {
    fn version(&self) -> u32 {
        1
    }

    fn project(&self, _write: &WriteEvent<'_>, _salt: SaltOf<'_>) -> Projection {
        Projection::default()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Done<()> {
    let dir = tempfile::TempDir::new()?;
    let organisation: Ods = "WRD01".parse()?;
    let identity = open(&dir, &organisation)?;
    let session = sign_in(&identity, &organisation).await?;
    let [mut session_us, mut bare_us, mut dpop_us] = [f64::MAX; 3];
    for _ in 0..BATCHES {
        // A hundred in a round, as one is shorter than the clock's tick.
        let hundred = micros(|_| {
            (0..100).all(|_| black_box(identity.authenticate(&session, None)).is_some())
        })?;
        least(&mut session_us, hundred / 100.0);
    }

    let client = ServiceClient::new()?;
    let token = token(&identity, &organisation, &client).await?;
    for batch in 0..BATCHES {
        let proofs = (0..ROUNDS).map(|n| {
            let id = format!("{batch:016}{n:016}");
            client.proof("GET", URL, SystemClock.now(), &id, Some(&token))
        });
        let proofs = proofs.collect::<Result<Vec<_>, _>>()?;
        least(&mut bare_us, bare(&client, &proofs)?);
        let dpop = micros(|n| {
            let proof = proofs.get(n).map_or("", String::as_str);
            identity
                .authenticate_dpop(&token, proof, "GET", URL, None)
                .is_ok()
        })?;
        least(&mut dpop_us, dpop);
    }
    show("session", session_us);
    show("dpop", dpop_us);
    show("dpop: bare signature", bare_us);
    show("dpop: all else", dpop_us - bare_us);
    Ok(())
}

fn least(quickest: &mut f64, batch: f64) {
    *quickest = quickest.min(batch);
}

/// The baseline: the same signatures, with nothing around them.
fn bare(client: &ServiceClient, proofs: &[String]) -> Done<f64> {
    let jwk: serde_json::Value = serde_json::from_str(&client.jwk())?;
    let coordinate = |name: &str| -> Done<Vec<u8>> {
        let text = jwk
            .get(name)
            .and_then(serde_json::Value::as_str)
            .ok_or("no coordinate")?;
        Ok(BASE64URL_NOPAD.decode(text.as_bytes())?)
    };
    let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
    let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)?;
    let split = proofs.iter().map(|proof| {
        let (signed, signature) = proof.rsplit_once('.').ok_or("no JWT")?;
        Ok((signed, BASE64URL_NOPAD.decode(signature.as_bytes())?))
    });
    let split = split.collect::<Done<Vec<_>>>()?;
    micros(|n| {
        let signed = split
            .get(n)
            .map(|(signed, signature)| (signed.as_bytes(), signature));
        signed.is_some_and(|(signed, signature)| key.verify_sig(signed, signature).is_ok())
    })
}

/// Microseconds a round, over a batch. Every round must succeed.
fn micros(mut round: impl FnMut(usize) -> bool) -> Done<f64> {
    let started = SystemClock.now();
    for n in 0..ROUNDS {
        if !black_box(round(n as usize)) {
            return Err("a round failed".into());
        }
    }
    let took: Duration = SystemClock.now().since(started);
    Ok(took.as_secs_f64() * 1e6 / f64::from(ROUNDS))
}

#[expect(clippy::print_stdout, reason = "a program for people")]
fn show(what: &str, micros: f64) {
    println!("{what:<22} {micros:>8.3} us");
}

fn open(dir: &tempfile::TempDir, organisation: &Ods) -> Done<Identity> {
    let root = RootKey::generate(&SystemRandom);
    let keys = root.unwrap(&root.new_organisation(organisation, &SystemRandom))?;
    let options = StoreOptions::new(Arc::new(SystemClock), Arc::new(SystemRandom));
    let store = Store::open(dir.path(), options)?;
    store.create_organisation(organisation)?;
    let opened = store.organisation(keys.clone(), Arc::new(NoResources))?;
    let config = IdentityConfig {
        rp_id: "localhost".to_owned(),
        origin: ORIGIN.to_owned(),
        token_url: TOKEN_URL.to_owned(),
    };
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    Ok(Identity::new(&config, clock, random, vec![(opened, keys)])?)
}

async fn sign_in(identity: &Identity, organisation: &Ods) -> Done<String> {
    let link = account(identity, organisation, "mary").await?;
    let token = link.token.expose();
    let mut passkey = SoftwarePasskey::at(ORIGIN)?;
    let started = identity.start_passkey_enrolment(token)?;
    let response = passkey.create(&started.options).await?;
    let (ceremony, caller) = (&started.ceremony, Caller::default());
    identity
        .finish_passkey_enrolment(token, ceremony, &response, "Key", &caller)
        .await?;
    let started = identity.start_passkey_sign_in(&caller)?;
    let response = passkey.get(&started.options).await?;
    let signed_in = identity
        .finish_passkey_sign_in(&started.ceremony, &response, &caller)
        .await?;
    Ok(signed_in.token.expose().clone())
}

async fn token(identity: &Identity, organisation: &Ods, client: &ServiceClient) -> Done<String> {
    let new = NewService {
        name: "bench".to_owned(),
        display_name: "Bench".to_owned(),
        jwks: client.jwks(),
        scopes: Scopes::parse("system/*.rs")?,
        enrolled_by: account(identity, organisation, "one").await?.account,
        approved_by: account(identity, organisation, "two").await?.account,
        expires: SystemClock.now() + Duration::from_hours(1),
    };
    let id = identity
        .register_service(Author::Setup, organisation, new)
        .await?;
    let now = SystemClock.now();
    let assertion = client.assertion(&id.to_string(), TOKEN_URL, now, "1")?;
    let proof = client.proof("POST", TOKEN_URL, now, "asked", None)?;
    let fields = [
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion),
        ("scope", "system/*.rs"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request = TokenRequest::from_form(&fields)?;
    let issued = identity
        .token(&request, Some(&proof), &Caller::default())
        .await?;
    Ok(issued.token.expose().clone())
}

async fn account(
    identity: &Identity,
    organisation: &Ods,
    name: &str,
) -> Done<ward_identity::EnrolmentLink> {
    let new = NewAccount {
        name: name.to_owned(),
        display_name: name.to_owned(),
        role: Role::Administrator,
        practitioner: None,
    };
    Ok(identity
        .create_account(Author::Setup, organisation, new)
        .await?)
}
