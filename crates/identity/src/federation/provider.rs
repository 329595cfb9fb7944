//! OpenID providers of an organisation: what is registered of them.

use std::{collections::HashMap, fmt, sync::Arc};

use parking_lot::RwLock;
use ward_core::{AccountId, Ods, ProviderId, limits};

use super::{
    AssuranceMap, Begun, Fetch, Links, NoFetch, client_key::ClientKey, discovery::Discovered,
};
use crate::ceremony::Ceremonies;

/// An OpenID provider that says who an organisation's people are, as it is now.
#[derive(Clone)]
pub struct Provider {
    pub(crate) id: ProviderId,
    pub(crate) organisation: Ods,
    pub(crate) name: Box<str>,
    pub(crate) issuer: Box<str>,
    pub(crate) client: Box<str>,
    pub(crate) acr_values: Box<str>,
    pub(crate) map: AssuranceMap,
    pub(crate) key: Arc<ClientKey>,
    pub(crate) proposed_by: AccountId,
    pub(crate) approved_by: Option<AccountId>,
    pub(crate) ended: bool,
}

impl Provider {
    /// Its id, which is part of where it sends people back to.
    pub const fn id(&self) -> ProviderId {
        self.id
    }

    /// The organisation whose people it vouches for.
    pub const fn organisation(&self) -> &Ods {
        &self.organisation
    }

    /// What people see on the button.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its issuer identifier (OIDC Core 2, `iss`).
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What Ward is called there: its `client_id`.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// What is asked for in `acr_values`; empty: what the map names.
    pub fn acr_values(&self) -> &str {
        &self.acr_values
    }

    /// What its words are worth.
    pub const fn map(&self) -> &AssuranceMap {
        &self.map
    }

    /// The public key by which it knows Ward, as a JWKS.
    pub fn jwks(&self) -> String {
        self.key.jwks()
    }

    /// Who proposed it.
    pub const fn proposed_by(&self) -> AccountId {
        self.proposed_by
    }

    /// Who, other than that, approved it; it vouches for nobody before.
    pub const fn approved_by(&self) -> Option<AccountId> {
        self.approved_by
    }

    /// Whether somebody ended it.
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// Whether it vouches for anybody.
    pub const fn works(&self) -> bool {
        self.approved_by.is_some() && !self.ended
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({} of {})", self.id, self.organisation)
    }
}

/// A provider, as whoever may sign in with it sees it.
#[derive(Debug, Clone)]
pub struct ProviderView {
    /// Its id.
    pub id: ProviderId,
    /// What it is called.
    pub name: String,
    /// The organisation whose people it vouches for.
    pub organisation: Ods,
}

/// A provider in memory, and what is known of it.
pub(crate) struct Known {
    provider: RwLock<Arc<Provider>>,
    /// Held while it is asked: many who wait for the same answer ask once.
    pub(crate) discovered: tokio::sync::Mutex<Discovered>,
}

impl Known {
    pub(crate) fn new(provider: Provider) -> Arc<Self> {
        Arc::new(Self {
            provider: RwLock::new(Arc::new(provider)),
            discovered: tokio::sync::Mutex::default(),
        })
    }

    pub(crate) fn provider(&self) -> Arc<Provider> {
        Arc::clone(&self.provider.read())
    }

    pub(crate) fn replace(&self, provider: Provider) {
        *self.provider.write() = Arc::new(provider);
    }
}

/// All of it: providers, whom they know, and who is on the way.
pub(crate) struct Providers {
    pub(crate) known: RwLock<HashMap<ProviderId, Arc<Known>>>,
    pub(crate) links: Links,
    pub(crate) begun: Ceremonies<Begun>,
    pub(crate) fetch: Arc<dyn Fetch>,
    /// Places for requests that are under way.
    pub(crate) asking: tokio::sync::Semaphore,
}

impl Providers {
    pub(crate) fn new() -> Self {
        Self {
            known: RwLock::default(),
            links: Links::default(),
            begun: Ceremonies::new(
                limits::CEREMONIES,
                limits::CEREMONIES_PER_ADDRESS as usize,
                limits::FEDERATION,
            ),
            fetch: Arc::new(NoFetch),
            asking: tokio::sync::Semaphore::new(limits::PROVIDER_REQUESTS),
        }
    }

    pub(crate) fn insert(&self, provider: Provider) {
        let id = provider.id;
        self.known.write().insert(id, Known::new(provider));
    }

    pub(crate) fn get(&self, id: ProviderId) -> Option<Arc<Known>> {
        self.known.read().get(&id).map(Arc::clone)
    }

    /// One that works now.
    pub(crate) fn working(&self, id: ProviderId) -> Option<(Arc<Known>, Arc<Provider>)> {
        let known = self.get(id)?;
        let provider = known.provider();
        provider.works().then_some((known, provider))
    }
}
