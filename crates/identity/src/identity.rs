//! All that is known of who may get in, in memory, and where it is durable.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use parking_lot::RwLock;
use tokio::sync::Mutex;
use ward_core::{AccountId, Clock, Ods, Random, RequestId, Timestamp, limits};
use ward_crypto::OrganisationKeys;
use ward_log::Actor;
use ward_store::OrganisationStore;
use webauthn_rs::prelude::DiscoverableAuthentication;

use crate::{
    Assured, Error, Scopes, SignInName,
    account::Member,
    app::{Apps, Used},
    attempts::{Attempts, ByOrigin, Familiar},
    ceremony::Ceremonies,
    command_line::CommandLines,
    device::Pairings,
    enrolment::{AppCeremony, Link, PasskeyCeremony},
    failures::Failures,
    federation::{Fetch, Providers},
    hashing::Hashing,
    ledger::{Changes, Ledger},
    passkey::RelyingParty,
    password::PasswordHash,
    seen::Seen,
    service::Tokens,
    session::Sessions,
    step_up::StepUpCeremony,
    token::TokenHash,
    totp::TotpSecret,
};

/// What identity must know of the server that it is part of.
#[derive(Debug, Clone)]
pub struct IdentityConfig {
    /// The WebAuthn relying party id: the host of the origin, or a domain above it.
    pub rp_id: String,
    /// The origin that browsers see: `https://host[:port]`.
    pub origin: String,
    /// The URL of the token endpoint: the audience of client assertions.
    pub token_url: String,
}

/// Who calls, as far as the server knows before anything is proved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// Which request it is.
    pub request: Option<RequestId>,
    /// The session token that the browser already has: it ends when another begins.
    pub session: Option<&'a str>,
}

/// Who does something to accounts.
#[derive(Debug, Clone, Copy)]
pub enum Author<'a> {
    /// An account, with its proof. Whether it may is for policy to say before.
    Account(&'a Assured),
    /// Setting Ward up, before it serves.
    Setup,
}

impl Author<'_> {
    pub(crate) fn actor(self) -> Option<Actor> {
        match self {
            Self::Account(assured) => Some(assured.actor()),
            Self::Setup => None,
        }
    }

    pub(crate) fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(assured) => Some(assured.account()),
            Self::Setup => None,
        }
    }

    /// An account reaches its own organisation alone.
    pub(crate) fn reaches(self, organisation: &Ods) -> Result<(), Error> {
        match self {
            Self::Account(assured) if assured.organisation() != organisation => {
                Err(Error::NoSuchOrganisation)
            }
            _ => Ok(()),
        }
    }
}

/// Accounts, factors, sessions and services of all organisations: the one maker of [`Assured`].
///
/// Everything is looked up in memory; everything that must outlive the process is in its
/// organisation's log before it counts.
pub struct Identity {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) relying_party: RelyingParty,
    pub(crate) token_url: Box<str>,
    /// Who issues tokens, as clients name it: the server's origin (RFC 8414 2).
    pub(crate) issuer: Box<str>,
    pub(crate) started: Timestamp,
    pub(crate) organisations: HashMap<Ods, Organisation>,
    pub(crate) members: RwLock<HashMap<AccountId, Arc<Member>>>,
    pub(crate) names: RwLock<HashMap<SignInName, AccountId>>,
    pub(crate) links: RwLock<HashMap<TokenHash, Link>>,
    pub(crate) sessions: Sessions,
    pub(crate) tokens: Tokens,
    pub(crate) apps: Apps,
    pub(crate) used: Used,
    pub(crate) federation: Providers,
    pub(crate) command_lines: CommandLines,
    pub(crate) pairings: Pairings,
    pub(crate) sign_ins: Ceremonies<DiscoverableAuthentication>,
    pub(crate) step_ups: Ceremonies<StepUpCeremony>,
    pub(crate) passkey_enrolments: Ceremonies<PasskeyCeremony>,
    pub(crate) app_enrolments: Ceremonies<AppCeremony>,
    pub(crate) by_account: Attempts,
    pub(crate) by_origin: ByOrigin,
    pub(crate) familiar: Familiar,
    pub(crate) hashing: Hashing,
    pub(crate) nobody: Nobody,
    pub(crate) no_scopes: Arc<Scopes>,
}

/// One organisation, as identity sees it.
pub(crate) struct Organisation {
    pub(crate) ledger: Ledger,
    /// Held by whoever changes accounts, from the check to the commit.
    pub(crate) changing: Mutex<()>,
    /// Held by whoever links an account to a provider's subject.
    pub(crate) linking: Mutex<()>,
    pub(crate) failures: Failures,
    pub(crate) seen: Seen,
}

/// The factors of an account that does not exist: the work that its sign-in costs.
pub(crate) struct Nobody {
    pub(crate) password: PasswordHash,
    pub(crate) totp: TotpSecret,
}

impl Identity {
    /// Loads all that is known of the organisations' accounts.
    ///
    /// # Errors
    /// [`Error::Configuration`]; [`Error::Corrupt`] or [`Error::Store`] where a fact can't be read.
    pub fn new(
        config: &IdentityConfig,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        organisations: Vec<(OrganisationStore, OrganisationKeys)>,
    ) -> Result<Self, Error> {
        let mut identity = Self::empty(config, clock, random)?;
        for (store, keys) in organisations {
            let ledger = Ledger::new(store, keys, Arc::clone(&identity.random))?;
            identity.load(&ledger)?;
            let ods = ledger.ods().clone();
            let (changing, linking, failures, seen) = <(_, _, _, _)>::default();
            let organisation = Organisation {
                ledger,
                changing,
                linking,
                failures,
                seen,
            };
            identity.organisations.insert(ods, organisation);
        }
        Ok(identity)
    }

    /// Lends it a way to ask OpenID providers; without one, nobody signs in through them.
    #[must_use]
    pub fn federating(mut self, fetch: Arc<dyn Fetch>) -> Self {
        self.federation.fetch = fetch;
        self
    }

    fn empty(
        config: &IdentityConfig,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        let window = limits::ATTEMPT_WINDOW;
        Ok(Self {
            relying_party: RelyingParty::new(&config.rp_id, &config.origin)?,
            token_url: config.token_url.as_str().into(),
            issuer: config.origin.as_str().into(),
            started: clock.now(),
            organisations: HashMap::new(),
            members: RwLock::default(),
            names: RwLock::default(),
            links: RwLock::default(),
            sessions: Sessions::default(),
            tokens: Tokens::default(),
            apps: Apps::new(),
            used: Used::default(),
            federation: Providers::new(),
            command_lines: CommandLines::new(),
            pairings: Pairings::default(),
            sign_ins: ceremonies(limits::CEREMONY),
            step_ups: ceremonies(limits::CEREMONY),
            passkey_enrolments: ceremonies(limits::CEREMONY),
            app_enrolments: ceremonies(limits::APP_ENROLMENT),
            by_account: Attempts::stricter(limits::ATTEMPTS_PER_ACCOUNT, window),
            by_origin: ByOrigin::new(limits::ATTEMPTS_PER_ADDRESS, window),
            familiar: Familiar::new(),
            hashing: Hashing::new(),
            nobody: Nobody {
                password: PasswordHash::of_nobody(&*random),
                totp: TotpSecret::new(&*random),
            },
            no_scopes: Arc::default(),
            clock,
            random,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn organisation(&self, ods: &Ods) -> Result<&Organisation, Error> {
        self.organisations.get(ods).ok_or(Error::NoSuchOrganisation)
    }

    pub(crate) fn member(&self, id: AccountId) -> Option<Arc<Member>> {
        self.members.read().get(&id).map(Arc::clone)
    }

    /// An account that an author reaches.
    pub(crate) fn member_of(&self, ods: &Ods, id: AccountId) -> Result<Arc<Member>, Error> {
        let member = self
            .member(id)
            .filter(|member| member.account().organisation() == ods);
        member.ok_or(Error::NoSuchAccount)
    }

    pub(crate) fn member_named(&self, name: &SignInName) -> Option<Arc<Member>> {
        let id = self.names.read().get(name).copied()?;
        self.member(id)
    }

    /// Makes changes durable in an organisation's log.
    pub(crate) async fn commit(
        &self,
        ods: &Ods,
        actor: Option<Actor>,
        request: Option<RequestId>,
        changes: Changes,
    ) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        self.organisation(ods)?
            .ledger
            .commit(actor, request, self.now(), changes)
            .await
    }
}

fn ceremonies<T>(life: Duration) -> Ceremonies<T> {
    Ceremonies::new(
        limits::CEREMONIES,
        limits::CEREMONIES_PER_ADDRESS as usize,
        life,
    )
}
