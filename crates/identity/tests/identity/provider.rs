//! An OpenID provider that says whatever a test wants. The real one is in the browser journeys
//! (`web/tests/federation.test.mjs`).

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD;
use parking_lot::Mutex;
use serde_json::{Value, json};
use ward_core::{Clock as _, ProviderId};
use ward_identity::{
    Arrived, Ask, Assured, Caller, Departure, Error, Fetch, FetchFailed, Fetched, Fetching,
    NewProvider, Returned, Role, SignedIn,
};
use ward_testkit::{FixedClock, SoftwarePasskey};

use crate::world::{ORIGIN, World, from};

pub(crate) const ISSUER: &str = "https://op.example";
pub(crate) const MAP: &str = "acr=AAL3 => phishing-resistant\n\
    acr=AAL2 amr=otp => two-factors\n\
    acr=2 => two-factors\n\
    authentication_assurance_level=3 => phishing-resistant";

pub(crate) type Fields = Vec<(String, String)>;
pub(crate) type Tweak = Box<dyn FnOnce(&mut Token) + Send>;

/// An ID token before it is signed.
pub(crate) struct Token {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// Signs with another key than the provider's.
    pub(crate) forged: bool,
    /// The signature, where it is none.
    pub(crate) signature: Option<String>,
}

/// The provider.
pub(crate) struct Op {
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
    clock: Arc<FixedClock>,
    pub(crate) down: AtomicBool,
    pub(crate) pushes: bool,
    pub(crate) says_issuer: bool,
    /// Requests that came.
    pub(crate) asked: Mutex<Vec<(String, Fields)>>,
    nonce: Mutex<String>,
    subject: Mutex<String>,
    tweak: Mutex<Option<Tweak>>,
    pub(crate) key_requests: AtomicUsize,
}

fn pair() -> EcdsaKeyPair {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let made = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref()).unwrap()
}

impl Op {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            key: pair(),
            other: pair(),
            clock: Arc::clone(&world.clock),
            down: AtomicBool::new(false),
            pushes: false,
            says_issuer: false,
            asked: Mutex::default(),
            nonce: Mutex::default(),
            subject: Mutex::new("555254240100".to_owned()),
            tweak: Mutex::default(),
            key_requests: AtomicUsize::new(0),
        }
    }

    pub(crate) fn knows(&self, subject: &str) {
        subject.clone_into(&mut self.subject.lock());
    }

    fn metadata(&self) -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://op.example/authorize?tenant=1",
            "token_endpoint": "https://op.example/token",
            "jwks_uri": "https://keys.op.example/jwks",
            "authorization_response_iss_parameter_supported": self.says_issuer,
            "pushed_authorization_request_endpoint":
                self.pushes.then_some("https://op.example/par"),
        })
    }

    fn jwks(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (_, point) = point.split_at(1);
        let (x, y) = point.split_at(32);
        let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
        json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "k1", "alg": "ES256", "use": "sig" },
            { "kty": "oct", "k": "c2VjcmV0", "kid": "shared" },
        ]})
    }

    /// The public key, as a thief who wants it taken for a shared secret has it.
    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        self.key.public_key().as_ref().to_vec()
    }

    fn token(&self) -> String {
        let now = self.clock.now().as_seconds();
        let mut token = Token {
            header: json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" }),
            claims: json!({
                "iss": ISSUER, "aud": "ward-1", "sub": *self.subject.lock(),
                "nonce": *self.nonce.lock(), "iat": now, "exp": now + 300, "auth_time": now,
                "acr": "AAL3", "email": "mary@nhs.example", "name": "Mary",
            }),
            forged: false,
            signature: None,
        };
        if let Some(tweak) = self.tweak.lock().take() {
            tweak(&mut token);
        }
        let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", part(&token.header), part(&token.claims));
        let key = if token.forged { &self.other } else { &self.key };
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        let signature = BASE64URL_NOPAD.encode(signature.as_ref());
        format!("{signed}.{}", token.signature.unwrap_or(signature))
    }

    fn answer(&self, ask: Ask<'_>) -> Result<Fetched, FetchFailed> {
        if self.down.load(Ordering::SeqCst) {
            return Err(FetchFailed("refused"));
        }
        let (url, fields) = match ask {
            Ask::Get { url } => (url, Vec::new()),
            Ask::Form { url, fields } => (
                url,
                fields
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.expose().clone()))
                    .collect(),
            ),
        };
        self.asked.lock().push((url.to_owned(), fields.clone()));
        let json = match url {
            "https://op.example/.well-known/openid-configuration" => self.metadata(),
            "https://keys.op.example/jwks" => {
                self.key_requests.fetch_add(1, Ordering::SeqCst);
                self.jwks()
            }
            "https://op.example/par" => {
                self.note_nonce(&fields);
                json!({ "request_uri": "urn:pushed:1", "expires_in": 60 })
            }
            "https://op.example/token" => json!({ "id_token": self.token(), "access_token": "x" }),
            _ => return Err(FetchFailed("nowhere")),
        };
        let body = json.to_string().into_bytes();
        Ok(Fetched { status: 200, body })
    }

    fn note_nonce(&self, fields: &[(String, String)]) {
        let nonce = fields.iter().find(|(name, _)| name == "nonce");
        nonce.unwrap().1.clone_into(&mut self.nonce.lock());
    }
}

impl Fetch for Op {
    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Fetching<'a> {
        Box::pin(async move { self.answer(ask) })
    }
}

/// Lends the provider to identity, and leaves it with the test.
struct Lent(Arc<Op>);

impl Fetch for Lent {
    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Fetching<'a> {
        self.0.fetch(ask)
    }
}

/// An organisation whose people a provider vouches for.
pub(crate) struct Federated {
    pub(crate) world: World,
    pub(crate) op: Arc<Op>,
    pub(crate) provider: ProviderId,
    pub(crate) one: SignedIn,
    pub(crate) other: SignedIn,
}

pub(crate) fn new_provider() -> NewProvider {
    NewProvider {
        name: "Staff sign-in".to_owned(),
        issuer: ISSUER.to_owned(),
        client: "ward-1".to_owned(),
        acr_values: String::new(),
        map: MAP.to_owned(),
    }
}

/// An administrator with a passkey, signed in.
pub(crate) async fn administrator(world: &World, name: &str) -> SignedIn {
    let link = world.account("WRD01", name, Role::Administrator).await;
    let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    world.enrol_passkey(&link, &mut passkey).await.unwrap();
    world.sign_in(&mut passkey).await.unwrap()
}

/// The value of a parameter of a URL.
pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url.parse::<webauthn_rs::prelude::Url>().unwrap();
    let mut pairs = url.query_pairs();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

impl Federated {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Op)) -> Self {
        let mut world = World::new();
        let mut op = Op::new(&world);
        change(&mut op);
        let op = Arc::new(op);
        world.identity = world.identity.federating(Arc::new(Lent(Arc::clone(&op))));
        let one = administrator(&world, "one").await;
        let other = administrator(&world, "other").await;
        let by = |of: &SignedIn| world.session(of).unwrap();
        let provider = world
            .identity
            .propose_provider(&by(&one), new_provider())
            .await
            .unwrap();
        world
            .identity
            .approve_provider(&by(&other), provider)
            .await
            .unwrap();
        Self {
            world,
            op,
            provider,
            one,
            other,
        }
    }

    pub(crate) fn session(&self, of: &SignedIn) -> Option<Assured> {
        self.world.session(of)
    }

    pub(crate) async fn leave(&self) -> Departure {
        let caller = from("192.0.2.1");
        let left = self
            .world
            .identity
            .start_federated_sign_in(self.provider, &caller);
        left.await.unwrap()
    }

    /// Comes back with what the browser was sent away with, and a token that `tweak` changes.
    pub(crate) async fn come_back(
        &self,
        left: &Departure,
        caller: &Caller<'_>,
        tweak: impl FnOnce(&mut Token) + Send + 'static,
    ) -> Result<Arrived, Error> {
        let state = self.state(left);
        *self.op.tweak.lock() = Some(Box::new(tweak));
        let returned = Returned {
            state: &state,
            code: Some("code"),
            issuer: self.op.says_issuer.then_some(ISSUER),
            browser: Some(left.browser.expose()),
        };
        self.world
            .identity
            .return_from_provider(self.provider, &returned, caller)
            .await
    }

    /// The state that the provider was given.
    pub(crate) fn state(&self, left: &Departure) -> String {
        if self.op.pushes {
            let asked = self.op.asked.lock();
            let pushed = asked.iter().rfind(|(url, _)| url.ends_with("/par"));
            let (_, fields) = pushed.unwrap();
            return fields
                .iter()
                .find(|(name, _)| name == "state")
                .unwrap()
                .1
                .clone();
        }
        let nonce = parameter(&left.url, "nonce").unwrap();
        nonce.clone_into(&mut self.op.nonce.lock());
        parameter(&left.url, "state").unwrap()
    }

    /// A clinician of WRD01 whom the provider knows as `subject`.
    pub(crate) async fn linked(&self, name: &str, subject: &str) -> ward_core::AccountId {
        let link = self.world.account("WRD01", name, Role::Clinician).await;
        self.op.knows(subject);
        let token = link.token.expose();
        let left = self
            .world
            .identity
            .start_federated_enrolment(token, self.provider)
            .await
            .unwrap();
        let arrived = self.come_back(&left, &Caller::default(), |_| {}).await;
        assert!(matches!(arrived, Ok(Arrived::Enrolled)), "{arrived:?}");
        link.account
    }

    pub(crate) async fn sign_in(
        &self,
        tweak: impl FnOnce(&mut Token) + Send + 'static,
    ) -> Result<SignedIn, Error> {
        let left = self.leave().await;
        let arrived = self.come_back(&left, &from("192.0.2.1"), tweak).await?;
        let Arrived::SignedIn(signed_in) = arrived else {
            return Err(Error::Ceremony);
        };
        Ok(signed_in)
    }
}
