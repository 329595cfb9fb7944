//! A store, an identity on it, a clock that stands still, and the people in it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tempfile::TempDir;
use ward_core::{AccountId, Clock, Ods, Random, SystemRandom, Timestamp};
use ward_crypto::{RootKey, WrappedOrganisationKeys};
use ward_identity::{
    Account, Assured, Author, Caller, EnrolmentLink, Error, Identity, IdentityConfig, NewAccount,
    NewService, Role, Scopes, SignedIn,
};
use ward_store::{
    OrganisationStore, Projection, Projector, SaltOf, Store, StoreOptions, WriteEvent,
};
use ward_testkit::{FixedClock, ServiceClient, SoftwarePasskey};

pub(crate) const ORIGIN: &str = "https://localhost:8443";
pub(crate) const TOKEN_URL: &str = "https://localhost:8443/oauth/token";
pub(crate) const PASSWORD: &str = "seven tractors in fog";

pub(crate) struct World {
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<FixedClock>,
    stores: Vec<OrganisationStore>,
    root: RootKey,
    wrapped: Vec<WrappedOrganisationKeys>,
    dir: TempDir,
}

struct NoResources;

impl Projector for NoResources {
    fn version(&self) -> u32 {
        1
    }

    fn project(&self, _write: &WriteEvent<'_>, _salt: SaltOf<'_>) -> Projection {
        Projection::default()
    }
}

pub(crate) fn ods(code: &str) -> Ods {
    code.parse().unwrap()
}

pub(crate) fn from(address: &str) -> Caller<'static> {
    Caller {
        address: Some(address.parse::<IpAddr>().unwrap()),
        ..Caller::default()
    }
}

impl World {
    /// Two organisations, WRD01 and WRD02, without accounts.
    pub(crate) fn new() -> Self {
        let root = RootKey::generate(&SystemRandom);
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(FixedClock::default());
        let wrapped: Vec<_> = ["WRD01", "WRD02"]
            .map(|code| root.new_organisation(&ods(code), &SystemRandom))
            .into();
        let store = open_store(&dir, &clock);
        for code in ["WRD01", "WRD02"] {
            store.create_organisation(&ods(code)).unwrap();
        }
        drop(store);
        let (identity, stores) = open(&dir, &clock, &root, &wrapped);
        Self {
            identity,
            clock,
            stores,
            root,
            wrapped,
            dir,
        }
    }

    /// Ends the process, as far as identity can tell, and starts it again.
    pub(crate) fn restart(self) -> Self {
        let Self {
            identity,
            clock,
            stores,
            root,
            wrapped,
            dir,
        } = self;
        drop((identity, stores));
        let (identity, stores) = open(&dir, &clock, &root, &wrapped);
        Self {
            identity,
            clock,
            stores,
            root,
            wrapped,
            dir,
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn account(&self, code: &str, name: &str, role: Role) -> EnrolmentLink {
        let new = NewAccount {
            name: name.to_owned(),
            display_name: format!("Someone called {name}"),
            role,
            practitioner: None,
        };
        self.identity
            .create_account(Author::Setup, &ods(code), new)
            .await
            .unwrap()
    }

    /// A clinician of WRD01 with a passkey.
    pub(crate) async fn with_passkey(&self, name: &str) -> (AccountId, SoftwarePasskey) {
        let link = self.account("WRD01", name, Role::Clinician).await;
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        self.enrol_passkey(&link, &mut passkey).await.unwrap();
        (link.account, passkey)
    }

    pub(crate) async fn enrol_passkey(
        &self,
        link: &EnrolmentLink,
        passkey: &mut SoftwarePasskey,
    ) -> Result<(), Error> {
        let token = link.token.expose();
        let started = self.identity.start_passkey_enrolment(token)?;
        let response = passkey.create(&started.options).await.unwrap();
        let ceremony = &started.ceremony;
        self.identity
            .finish_passkey_enrolment(token, ceremony, &response, "Key", &Caller::default())
            .await
    }

    pub(crate) async fn sign_in(&self, passkey: &mut SoftwarePasskey) -> Result<SignedIn, Error> {
        self.sign_in_as(passkey, &from("192.0.2.1")).await
    }

    pub(crate) async fn sign_in_as(
        &self,
        passkey: &mut SoftwarePasskey,
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        let started = self.identity.start_passkey_sign_in(caller)?;
        let response = passkey.get(&started.options).await.unwrap();
        self.identity
            .finish_passkey_sign_in(&started.ceremony, &response, caller)
            .await
    }

    /// A clinician of WRD01 with [`PASSWORD`] and an authenticator app.
    pub(crate) async fn with_password(&self, name: &str) -> (AccountId, App) {
        let link = self.account("WRD01", name, Role::Clinician).await;
        let token = link.token.expose();
        let enrolment = self.identity.start_app_enrolment(token).unwrap();
        let app = App(enrolment.secret.expose().clone());
        let (ceremony, code) = (&enrolment.ceremony, app.code(self.now()));
        self.identity
            .finish_app_enrolment(token, ceremony, PASSWORD, &code, &Caller::default())
            .await
            .unwrap();
        self.pass(Duration::from_secs(30));
        (link.account, app)
    }

    pub(crate) fn session(&self, signed_in: &SignedIn) -> Option<Assured> {
        self.identity.authenticate(signed_in.token.expose(), None)
    }

    /// A service of WRD01, vouched for by two people.
    pub(crate) async fn service(&self, name: &str, scopes: &str) -> (AccountId, ServiceClient) {
        let one = self
            .account("WRD01", &format!("{name}.one"), Role::Administrator)
            .await;
        let two = self
            .account("WRD01", &format!("{name}.two"), Role::InformationGovernance)
            .await;
        let client = ServiceClient::new().unwrap();
        let new = NewService {
            name: name.to_owned(),
            display_name: "A service".to_owned(),
            jwks: client.jwks(),
            scopes: Scopes::parse(scopes).unwrap(),
            enrolled_by: one.account,
            approved_by: two.account,
            expires: self.now() + Duration::from_hours(24 * 365),
        };
        let organisation = ods("WRD01");
        let id = self
            .identity
            .register_service(Author::Setup, &organisation, new)
            .await
            .unwrap();
        (id, client)
    }

    pub(crate) fn find(&self, id: AccountId) -> Account {
        self.identity.account(&ods("WRD01"), id).unwrap()
    }

    /// Entries in the log of WRD01.
    pub(crate) fn entries(&self) -> u64 {
        self.stores.first().unwrap().log_position()
    }
}

/// An authenticator app.
pub(crate) struct App(pub(crate) String);

impl App {
    pub(crate) fn code(&self, now: Timestamp) -> String {
        let secret = data_encoding::BASE32_NOPAD
            .decode(self.0.as_bytes())
            .unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        totp.generate(u64::try_from(now.as_seconds()).unwrap())
            .to_string()
    }
}

fn open_store(dir: &TempDir, clock: &Arc<FixedClock>) -> Store {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    Store::open(dir.path(), StoreOptions::new(clock, random)).unwrap()
}

fn open(
    dir: &TempDir,
    clock: &Arc<FixedClock>,
    root: &RootKey,
    wrapped: &[WrappedOrganisationKeys],
) -> (Identity, Vec<OrganisationStore>) {
    let store = open_store(dir, clock);
    let organisations: Vec<_> = wrapped
        .iter()
        .map(|wrapped| {
            let keys = root.unwrap(wrapped).unwrap();
            (
                store
                    .organisation(keys.clone(), Arc::new(NoResources))
                    .unwrap(),
                keys,
            )
        })
        .collect();
    let stores = organisations
        .iter()
        .map(|(store, _)| store.clone())
        .collect();
    let config = IdentityConfig {
        rp_id: "localhost".to_owned(),
        origin: ORIGIN.to_owned(),
        token_url: TOKEN_URL.to_owned(),
    };
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    let identity = Identity::new(&config, clock, Arc::new(SystemRandom), organisations).unwrap();
    (identity, stores)
}
