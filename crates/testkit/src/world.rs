//! A whole Ward below the wire: two organisations, their people, their programs, their records.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use ward_access::Access;
use ward_core::{AccountId, Clock, Ods, PatientId, Random, RequestId, SystemRandom};
use ward_crypto::{OrganisationKeys, RootKey};
use ward_fhir::{Limits, Resource};
use ward_identity::{
    Assured, Author, Caller, DeviceKind, Fetch, Identity, IdentityConfig, NewAccount, NewService,
    PairingStage, Role, Scopes, TokenRequest,
};
use ward_log::Entry;
use ward_records::{Door, RecordProjector, Records};
use ward_store::{OrganisationStore, Store, StoreOptions};

use crate::{FixedClock, ServiceClient, SoftwarePasskey};

/// Where the world says that it is served.
pub const ORIGIN: &str = "https://localhost:8443";
/// The organisations of a world.
pub const ORGANISATIONS: [&str; 2] = ["WRD01", "WRD02"];

/// Two organisations on a real store in a temporary directory, with a clock that stands still.
pub struct World {
    /// Accounts, factors, sessions.
    pub identity: Arc<Identity>,
    /// The doors.
    pub records: Arc<Records>,
    /// The time.
    pub clock: Arc<FixedClock>,
    stores: HashMap<Ods, (OrganisationStore, OrganisationKeys)>,
    requests: AtomicU64,
    dir: TempDir,
}

/// A person with a passkey, signed in.
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The session's token: the value of the cookie.
    pub token: String,
}

/// A service, registered.
pub struct Program {
    /// The account, which is the client id.
    pub account: AccountId,
    client: ServiceClient,
    token: String,
}

impl Program {
    /// Its access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its keys.
    pub const fn client(&self) -> &ServiceClient {
        &self.client
    }
}

/// The code of an organisation.
///
/// # Panics
/// Where it is none.
#[expect(clippy::expect_used, reason = "a test names its organisations itself")]
pub fn ods(code: &str) -> Ods {
    code.parse().expect("an ODS code")
}

/// A resource out of its JSON.
///
/// # Panics
/// Where it is none.
#[expect(clippy::expect_used, reason = "a test writes its resources itself")]
pub fn resource(json: &str) -> Resource {
    Resource::parse(json.as_bytes(), &Limits::BODY).expect("a resource")
}

#[expect(
    clippy::expect_used,
    reason = "a world that can't be made fails its test"
)]
impl World {
    /// A new one.
    ///
    /// # Panics
    /// Where it can't be made.
    pub fn new() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let clock = Arc::new(FixedClock::default());
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let options = StoreOptions::new(Arc::clone(&clock) as Arc<dyn Clock>, Arc::clone(&random));
        let store = Store::open(dir.path(), options).expect("a store");
        let root = RootKey::generate(&SystemRandom);
        let open = |code: &str| {
            let ods = ods(code);
            let wrapped = root.new_organisation(&ods, &SystemRandom);
            let keys = root.unwrap(&wrapped).expect("its own keys");
            store.create_organisation(&ods).expect("a new organisation");
            let projector = Arc::new(RecordProjector::new(keys.clone()));
            (
                store
                    .organisation(keys.clone(), projector)
                    .expect("an organisation"),
                keys,
            )
        };
        let organisations: Vec<_> = ORGANISATIONS.map(open).into();
        let config = IdentityConfig {
            rp_id: "localhost".to_owned(),
            origin: ORIGIN.to_owned(),
            token_url: format!("{ORIGIN}/oauth/token"),
        };
        let shared = Arc::clone(&clock) as Arc<dyn Clock>;
        let identity = Identity::new(
            &config,
            Arc::clone(&shared),
            Arc::clone(&random),
            organisations.clone(),
        );
        let access = Arc::new(Access::new(Arc::clone(&shared)).expect("the policies"));
        let records = Records::new(
            access,
            shared,
            random,
            format!("{ORIGIN}/fhir"),
            organisations.clone(),
        );
        let by_code = organisations
            .into_iter()
            .map(|(store, keys)| (keys.ods().clone(), (store, keys)));
        Self {
            identity: Arc::new(identity.expect("an identity")),
            records: Arc::new(records),
            clock,
            stores: by_code.collect(),
            requests: AtomicU64::new(0),
            dir,
        }
    }

    /// The same, with a way to the providers of its organisations.
    ///
    /// # Panics
    /// Where somebody else holds the world's identity already.
    #[must_use]
    pub fn federating(mut self, fetch: Arc<dyn Fetch>) -> Self {
        let identity = Arc::into_inner(self.identity).expect("the only one");
        self.identity = Arc::new(identity.federating(fetch));
        self
    }

    /// Where the files are.
    pub fn path(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The store of an organisation.
    pub fn store(&self, code: &str) -> &OrganisationStore {
        &self.stores[&ods(code)].0
    }

    /// The keys of an organisation.
    pub fn keys(&self, code: &str) -> &OrganisationKeys {
        &self.stores[&ods(code)].1
    }

    /// Makes an account, enrols a passkey, signs in. `practitioner` is an id: who the person is in
    /// care teams.
    pub async fn person(&self, code: &str, name: &str, role: Role, practitioner: &str) -> Person {
        let practitioner = format!("Practitioner/{practitioner}").parse().ok();
        let display_name = format!("Someone called {name}");
        let new = NewAccount {
            name: name.to_owned(),
            display_name,
            role,
            practitioner,
        };
        let link = self
            .identity
            .create_account(Author::Setup, &ods(code), new)
            .await;
        let link = link.expect("a new account");
        let (token, caller) = (link.token.expose(), Caller::default());
        let mut passkey = SoftwarePasskey::at(ORIGIN).expect("an origin");
        let started = self
            .identity
            .start_passkey_enrolment(token)
            .expect("a ceremony");
        let made = passkey.create(&started.options).await.expect("a passkey");
        self.identity
            .finish_passkey_enrolment(token, &started.ceremony, &made, "Key", &caller)
            .await
            .expect("a passkey enrolled");
        let started = self
            .identity
            .start_passkey_sign_in(&caller)
            .expect("a ceremony");
        let answer = passkey.get(&started.options).await.expect("an answer");
        let signed_in = self
            .identity
            .finish_passkey_sign_in(&started.ceremony, &answer, &caller)
            .await;
        let token = signed_in.expect("a session").token.expose().clone();
        Person {
            account: link.account,
            token,
        }
    }

    /// The proof of a person, for one request.
    ///
    /// # Panics
    /// Where the session is over.
    pub fn assured(&self, person: &Person) -> Assured {
        self.identity
            .authenticate(&person.token, None)
            .expect("a session")
    }

    /// Registers a service with its scopes, and gets it a token.
    pub async fn program(&self, code: &str, name: &str, scopes: &str) -> Program {
        let vouching = |role: &str| format!("{name}.{role}");
        let one = self.account(code, &vouching("one")).await;
        let two = self.account(code, &vouching("two")).await;
        let client = ServiceClient::new().expect("keys");
        let new = NewService {
            name: name.to_owned(),
            display_name: "A service".to_owned(),
            jwks: client.jwks(),
            scopes: Scopes::parse(scopes).expect("scopes"),
            enrolled_by: one,
            approved_by: two,
            expires: self.clock.now() + Duration::from_hours(24 * 365),
        };
        let account = self
            .identity
            .register_service(Author::Setup, &ods(code), new)
            .await;
        let account = account.expect("a service");
        let url = format!("{ORIGIN}/oauth/token");
        let now = self.clock.now();
        let assertion = client
            .assertion(&account.to_string(), &url, now, "a-1")
            .expect("signed");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let request = TokenRequest::from_form(&[
            pair("grant_type", "client_credentials"),
            pair("scope", scopes),
            pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            pair("client_assertion", &assertion),
        ]);
        let proof = client
            .proof("POST", &url, now, "p-1", None)
            .expect("signed");
        let token = self
            .identity
            .token(
                &request.expect("a request"),
                Some(&proof),
                &Caller::default(),
            )
            .await
            .expect("a token");
        Program {
            account,
            client,
            token: token.token.expose().clone(),
        }
    }

    /// Pairs a device of an organisation, and gets it a token.
    ///
    /// # Panics
    /// Where it can't.
    pub async fn device(&self, code: &str, name: &str) -> Program {
        let pairs = format!("{name}.pairs");
        let by = self.person(code, &pairs, Role::Administrator, "none").await;
        let by = self.assured(&by);
        let client = ServiceClient::new().expect("keys");
        let (identity, now) = (&self.identity, self.clock.now());
        let id = identity.open_pairing(&by, name, DeviceKind::Kiosk);
        let id = id.expect("a pairing");
        let view = identity.pairing(&by, id).expect("a pairing");
        let PairingStage::Open { code: Some(code) } = view.stage else {
            unreachable!("its code is shown to whoever began it");
        };
        let url = format!("{ORIGIN}/pair/offer");
        let proof = client
            .proof("POST", &url, now, "o-1", None)
            .expect("signed");
        let caller = Caller::default();
        let offered = identity.offer_key(code.expose(), &proof, &url, &caller);
        let words = offered.expect("an offer").words;
        let account = identity.confirm_pairing(&by, id, &words).await;
        let account = account.expect("a device");
        let url = format!("{ORIGIN}/oauth/token");
        let assertion = client.device_assertion(&account.to_string(), &url, now, "d-1");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let request = TokenRequest::from_form(&[
            pair("grant_type", "client_credentials"),
            pair("scope", "ward/device"),
            pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            pair("client_assertion", &assertion.expect("signed")),
        ]);
        let proof = client
            .proof("POST", &url, now, "d-2", None)
            .expect("signed");
        let request = request.expect("a request");
        let token = identity.token(&request, Some(&proof), &caller);
        let token = token.await.expect("a token").token.expose().clone();
        Program {
            account,
            client,
            token,
        }
    }

    pub(crate) async fn account(&self, code: &str, name: &str) -> AccountId {
        let new = NewAccount {
            name: name.to_owned(),
            display_name: name.to_owned(),
            role: Role::Administrator,
            practitioner: None,
        };
        let link = self
            .identity
            .create_account(Author::Setup, &ods(code), new)
            .await;
        link.expect("a new account").account
    }

    /// A DPoP proof of a service, for one request of its token: no two have the same id.
    ///
    /// # Panics
    /// Where the machine gives no randomness.
    pub fn proof(&self, program: &Program, method: &str, url: &str) -> String {
        let id = format!("r-{}", self.requests.fetch_add(1, Ordering::SeqCst));
        let (now, token) = (self.clock.now(), Some(program.token()));
        program
            .client
            .proof(method, url, now, &id, token)
            .expect("signed")
    }

    /// The proof of a service, for one request.
    ///
    /// # Panics
    /// Where its token does not work any more.
    pub fn proved(&self, program: &Program) -> Assured {
        let url = format!("{ORIGIN}/fhir");
        let proof = self.proof(program, "GET", &url);
        self.identity
            .authenticate_dpop(program.token(), &proof, "GET", &url, None)
            .expect("a proof")
    }

    /// The door of an account to its own organisation.
    ///
    /// # Panics
    /// Where there is none.
    pub async fn door<'a>(&'a self, assured: &'a Assured) -> Door<'a> {
        let request = RequestId::random(&SystemRandom);
        self.records
            .door(assured, request, assured.organisation())
            .await
            .expect("a door")
    }

    /// Puts resources into an organisation as its operator would.
    ///
    /// # Panics
    /// Where one does not go in.
    pub async fn import(&self, code: &str, resources: &[&str]) {
        let resources: Vec<_> = resources.iter().map(|json| resource(json)).collect();
        let imported = self
            .records
            .import(&ods(code), &resources, None, ward_records::Since::Keep)
            .await
            .expect("an import");
        assert!(imported.refused.is_empty(), "{:?}", imported.refused);
    }

    /// The records as a start would find them.
    ///
    /// # Panics
    /// Where the policies can't be read.
    pub fn records_anew(&self) -> Records {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let access = Arc::new(Access::new(Arc::clone(&clock)).expect("the policies"));
        let stores = self.stores.values().cloned().collect();
        let base = format!("{ORIGIN}/fhir");
        Records::new(access, clock, Arc::new(SystemRandom), base, stores)
    }

    /// The disclosures of a patient that the log holds, newest first.
    pub async fn disclosures(&self, code: &str, patient: &str) -> Vec<Entry> {
        let (store, keys) = &self.stores[&ods(code)];
        let patient = PatientId::new(patient).expect("a patient's id");
        let entries = store
            .disclosures_of_patient(&patient, None, 1_000)
            .await
            .expect("entries");
        let mut seen = Vec::new();
        drop(entries.sift(keys, |entries| {
            seen = entries;
            None::<()>
        }));
        seen
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
