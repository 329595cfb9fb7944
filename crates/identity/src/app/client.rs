//! Apps of an organisation: what is registered of them.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use ward_core::{AccountId, AppId, Ods, Timestamp, limits};

use super::{AppScopes, authorize::Pairs, consent::Asking, live::Live, redirect::RedirectUri};
use crate::{
    Error,
    ceremony::Ceremonies,
    service::{KeySet, Thumbprint},
};

/// An app that people of an organisation use, as it is now.
#[derive(Clone)]
pub struct App {
    pub(crate) id: AppId,
    pub(crate) organisation: Ods,
    pub(crate) name: Box<str>,
    pub(crate) redirect_uris: Vec<RedirectUri>,
    pub(crate) launch_url: Option<Box<str>>,
    pub(crate) jwks: Option<Arc<str>>,
    pub(crate) scopes: AppScopes,
    pub(crate) enrolled_by: AccountId,
    pub(crate) approved_by: Option<AccountId>,
    pub(crate) expires: Timestamp,
    pub(crate) ended: bool,
}

impl App {
    /// Its `client_id`.
    pub const fn id(&self) -> AppId {
        self.id
    }

    /// The organisation whose people may use it.
    pub const fn organisation(&self) -> &Ods {
        &self.organisation
    }

    /// What people see.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is answered.
    pub fn redirect_uris(&self) -> impl Iterator<Item = &str> {
        self.redirect_uris.iter().map(RedirectUri::as_str)
    }

    /// Where a patient's page opens it, if it can be opened from there.
    pub fn launch_url(&self) -> Option<&str> {
        self.launch_url.as_deref()
    }

    /// Whether it authenticates with a registered key; a public one has none.
    pub const fn is_confidential(&self) -> bool {
        self.jwks.is_some()
    }

    /// What it may ask for at most.
    pub const fn scopes(&self) -> &AppScopes {
        &self.scopes
    }

    /// Who proposed it.
    pub const fn enrolled_by(&self) -> AccountId {
        self.enrolled_by
    }

    /// Who, other than that, approved it; nothing works before.
    pub const fn approved_by(&self) -> Option<AccountId> {
        self.approved_by
    }

    /// When its registration ends.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Whether somebody ended it.
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// Whether it may be used.
    pub fn works(&self, now: Timestamp) -> bool {
        self.approved_by.is_some() && !self.ended && now < self.expires
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "App({} of {})", self.id, self.organisation)
    }
}

/// An app in memory, with what it authenticates with.
pub(crate) struct Client {
    app: RwLock<Arc<App>>,
    pub(crate) keys: Option<Arc<KeySet>>,
    /// See [`crate::service::Registered`].
    pub(crate) remembered_since: Option<Timestamp>,
}

impl Client {
    pub(crate) fn new(app: App, remembered_since: Option<Timestamp>) -> Result<Arc<Self>, Error> {
        let keys = app.jwks.as_deref().map(KeySet::parse).transpose()?;
        Ok(Arc::new(Self {
            keys: keys.map(Arc::new),
            app: RwLock::new(Arc::new(app)),
            remembered_since,
        }))
    }

    /// The app as it is now.
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.app.read())
    }

    pub(crate) fn replace(&self, app: App) {
        *self.app.write() = Arc::new(app);
    }
}

/// A launch from a patient's page, until the app asks with it.
pub(crate) struct Launch {
    pub(crate) app: AppId,
    pub(crate) lineage: ward_core::SessionId,
    pub(crate) patient: ward_core::PatientId,
}

/// A pushed request, until its person comes with it (RFC 9126).
pub(crate) struct PushedRequest {
    pub(crate) app: AppId,
    pub(crate) pairs: Pairs,
    pub(crate) key: Option<Thumbprint>,
}

/// Apps of all organisations, and what goes on with them.
pub(crate) struct Apps {
    pub(crate) registered: RwLock<HashMap<AppId, Arc<Client>>>,
    pub(crate) pushed: Ceremonies<PushedRequest>,
    pub(crate) asking: Ceremonies<Asking>,
    pub(crate) launches: Ceremonies<Launch>,
    pub(crate) live: Mutex<Live>,
}

impl Apps {
    pub(crate) fn new() -> Self {
        let (all, share) = (limits::CEREMONIES, limits::CEREMONIES_PER_ADDRESS as usize);
        Self {
            registered: RwLock::default(),
            pushed: Ceremonies::new(all, share, limits::PUSHED_REQUEST),
            asking: Ceremonies::new(all, share, limits::CONSENT),
            launches: Ceremonies::new(all, share, limits::LAUNCH),
            live: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, id: AppId) -> Option<Arc<Client>> {
        self.registered.read().get(&id).map(Arc::clone)
    }

    pub(crate) fn insert(&self, client: Arc<Client>) {
        let id = client.app().id;
        self.registered.write().insert(id, client);
    }

    /// Whether pages of an app that works are of this origin. Only public apps run in browsers.
    pub(crate) fn is_origin(&self, origin: &str, now: Timestamp) -> bool {
        self.registered.read().values().any(|client| {
            let app = client.app();
            let at = |uri: &RedirectUri| uri.is_of_origin(origin);
            app.works(now) && !app.is_confidential() && app.redirect_uris.iter().any(at)
        })
    }
}

/// When clients, apps and services, last got a token.
#[derive(Default)]
pub(crate) struct Used(RwLock<HashMap<[u8; 16], AtomicI64>>);

impl Used {
    pub(crate) fn set(&self, client: [u8; 16], at: Timestamp) {
        if let Some(known) = self.0.read().get(&client) {
            known.fetch_max(at.as_micros(), Ordering::Relaxed);
            return;
        }
        let at = AtomicI64::new(at.as_micros());
        self.0.write().insert(client, at);
    }

    pub(crate) fn get(&self, client: [u8; 16]) -> Option<Timestamp> {
        let known = self.0.read();
        let at = known.get(&client)?.load(Ordering::Relaxed);
        Some(Timestamp::from_micros(at))
    }
}
