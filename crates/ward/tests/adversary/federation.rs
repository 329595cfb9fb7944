//! People whom a provider vouches for: a provider that says too little, and a way in beside it.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use std::sync::Mutex;
use ward_core::{Clock, ProviderId};
use ward_identity::{Ask, Fetch, FetchFailed, Fetched, Fetching, NewProvider, Role};
use ward_testkit::{
    Browser, FixedClock, ORIGIN, Raw, Server, SoftwarePasskey, World, form, link, session_set_by,
};

use crate::fixture::{FORM, assert_refused, serve};

const ISSUER: &str = "https://op.example";
const SUBJECT: &str = "555254240100";

/// A provider that says of somebody whatever a test wants.
struct Provider {
    key: EcdsaKeyPair,
    clock: Arc<FixedClock>,
    nonce: Mutex<String>,
    /// Written over what is right; `null` leaves a claim out.
    says: Mutex<Value>,
}

impl Provider {
    fn new(clock: &Arc<FixedClock>) -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        Self {
            key: EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref()).unwrap(),
            clock: Arc::clone(clock),
            nonce: Mutex::default(),
            says: Mutex::new(json!({})),
        }
    }

    fn token(&self) -> String {
        let now = self.clock.now().as_seconds();
        let mut claims = json!({
            "iss": ISSUER, "aud": "ward-1", "sub": SUBJECT, "nonce": *self.nonce.lock().unwrap(),
            "iat": now, "exp": now + 300, "auth_time": now, "acr": "AAL3",
        });
        let claims_of = claims.as_object_mut().unwrap();
        for (name, value) in self.says.lock().unwrap().as_object().unwrap() {
            claims_of.insert(name.clone(), value.clone());
        }
        claims_of.retain(|_, value| !value.is_null());
        let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let header = json!({"alg": "ES256", "kid": "k1", "typ": "JWT"});
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = BASE64URL_NOPAD.encode(signature.unwrap().as_ref());
        format!("{signed}.{signature}")
    }

    fn keys(&self) -> Value {
        let point = &self.key.public_key().as_ref()[1..];
        let [x, y] = [&point[..32], &point[32..]].map(|half| BASE64URL_NOPAD.encode(half));
        json!({"keys": [
            {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "k1", "alg": "ES256", "use": "sig"},
        ]})
    }

    fn answer(&self, ask: Ask<'_>) -> Result<Fetched, FetchFailed> {
        let (Ask::Get { url } | Ask::Form { url, .. }) = ask;
        let json = match url.strip_prefix(ISSUER) {
            Some("/.well-known/openid-configuration") => json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/jwks"),
            }),
            Some("/jwks") => self.keys(),
            Some("/token") => json!({"id_token": self.token(), "access_token": "x"}),
            _ => return Err(FetchFailed("nowhere")),
        };
        let body = json.to_string().into_bytes();
        Ok(Fetched { status: 200, body })
    }
}

/// What identity is lent; the test keeps the provider.
struct Lent(Arc<Provider>);

impl Fetch for Lent {
    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Fetching<'a> {
        Box::pin(async move { self.0.answer(ask) })
    }
}

struct Federated {
    server: Server,
    provider: Arc<Provider>,
    id: ProviderId,
}

impl Federated {
    /// WRD01 trusts the provider for AAL3 alone, as two of its administrators said.
    async fn new() -> Self {
        let world = World::new();
        let provider = Arc::new(Provider::new(&world.clock));
        let world = world.federating(Arc::new(Lent(Arc::clone(&provider))));
        let one = world
            .person("WRD01", "one", Role::Administrator, "one")
            .await;
        let two = world
            .person("WRD01", "two", Role::Administrator, "two")
            .await;
        let new = NewProvider {
            name: "Staff sign-in".to_owned(),
            issuer: ISSUER.to_owned(),
            client: "ward-1".to_owned(),
            acr_values: String::new(),
            map: "acr=AAL3 => phishing-resistant".to_owned(),
        };
        let identity = &world.identity;
        let id = identity.propose_provider(&world.assured(&one), new).await;
        let id = id.unwrap();
        let approved = identity.approve_provider(&world.assured(&two), id).await;
        approved.unwrap();
        Self {
            server: serve(world).await,
            provider,
            id,
        }
    }

    async fn post(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Raw {
        let origin = format!("Origin: {ORIGIN}");
        let cookies = format!("Cookie: {cookies}");
        let lines = [FORM, &origin, "Sec-Fetch-Site: same-origin", &cookies];
        let body = form(fields);
        let wire = &self.server.wire;
        wire.send("POST", path, &lines, body.as_bytes()).await
    }

    /// To the provider from `path`, and back with what it says now.
    async fn there_and_back(&self, path: &str) -> Raw {
        let left = self.post(path, "none=1", &[]).await;
        assert_eq!(left.status, 200, "{}", left.body);
        let value = |name: &str| {
            let (_, rest) = left.body.split_once(&format!("{name}=")).unwrap();
            let is_of_it = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
            rest.split(|letter| !is_of_it(letter))
                .next()
                .unwrap()
                .to_owned()
        };
        *self.provider.nonce.lock().unwrap() = value("nonce");
        let cookie = left.header("set-cookie").unwrap();
        let cookie = cookie.split(';').next().unwrap();
        let fields = [("state", value("state")), ("code", "code".to_owned())];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.post(&format!("/sign-in/return/{}", self.id), cookie, &fields)
            .await
    }

    /// A clinician whom the provider vouches for, linked by an administrator's invitation.
    async fn mary(&self) -> Browser<'_> {
        let link = link(&self.server, "mary", Role::Clinician).await;
        let path = format!("/enrol/{}/provider/{}", link.token.expose(), self.id);
        let enrolled = self.there_and_back(&path).await;
        assert_eq!(enrolled.header("location"), Some("/enrolled"));
        assert_eq!(session_set_by(&enrolled), None);
        Browser::new(&self.server, link.account)
    }

    async fn sign_in(&self) -> Raw {
        self.there_and_back(&format!("/sign-in/providers/{}", self.id))
            .await
    }
}

/// Teleport #41062: somebody whom a provider signs in gives themselves a local way in.
#[tokio::test]
async fn class_16_federated_user_adds_a_local_login() {
    let it = Federated::new().await;
    let mut mary = it.mary().await;
    let signed_in = it.sign_in().await;
    session_set_by(&signed_in)
        .unwrap()
        .clone_into(&mut mary.cookie);
    assert_eq!(mary.get("/account").await.status, 200);
    let token = mary.form_token();
    let passkey = mary.json("/account/passkeys/start", &token, "{}").await;
    assert!(passkey.status >= 400, "{}", passkey.body);
    for path in ["/account/passkeys/add", "/account/password"] {
        let page = mary.get(path).await;
        assert_ne!(page.status, 200, "{path}: {}", page.body);
    }
    // A passkey of one's own, and words typed, sign nobody in beside it.
    mary.cookie.clear();
    mary.passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    let typed = mary
        .sign_in_typing("mary@WRD01", ward_testkit::PASSWORD, "123456")
        .await;
    assert_eq!((typed.status, session_set_by(&typed)), (401, None));
}

/// A prescription service that took a sign-in for AAL3 where the provider had said nothing.
#[tokio::test]
async fn class_23_missing_acr_trusted() {
    let it = Federated::new().await;
    it.mary().await;
    for acr in [
        Value::Null,
        json!(""),
        json!("AAL1"),
        json!("AAL2"),
        json!("AAL3 AAL1"),
        json!("aal3"),
        json!("1"),
        json!(3),
        json!(true),
        json!(["AAL3"]),
        json!("urn:mace:incommon:iap:silver"),
    ] {
        *it.provider.says.lock().unwrap() = json!({"acr": acr, "amr": ["mfa", "hwk"]});
        let refused = it.sign_in().await;
        assert_eq!(session_set_by(&refused), None, "{acr}");
        assert_refused(&refused, &acr.to_string());
    }
    // What is right signs in, or the others were refused for another reason.
    *it.provider.says.lock().unwrap() = json!({});
    let signed_in = it.sign_in().await;
    assert!(session_set_by(&signed_in).is_some(), "{}", signed_in.body);
}
