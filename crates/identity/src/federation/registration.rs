//! Registering providers: one person proposes, another approves.

use std::sync::Arc;

use ward_core::{AccountId, Ods, ProviderId, limits};
use ward_log::SignOutCause;
use webauthn_rs::prelude::Url;

use super::{
    AssuranceMap, InvalidMap, Provider, ProviderRecord, ProviderView, client_key::ClientKey, record,
};
use crate::{Assured, Error, Identity, app::Step, ledger::Changes, people::shown_name};

/// Length of an issuer, in bytes.
const ISSUER_BYTES: usize = 500;
/// Length of a client id, and of what is asked for in `acr_values`, in bytes.
const TEXT_BYTES: usize = 300;

/// A provider to be registered.
#[derive(Debug, Clone)]
pub struct NewProvider {
    /// What people see on the button: 1 to 100 characters.
    pub name: String,
    /// Its issuer identifier: an `https` URL without query and fragment (OIDC Discovery 3).
    pub issuer: String,
    /// What Ward is called there.
    pub client: String,
    /// What is asked for in `acr_values`; empty: what the map names.
    pub acr_values: String,
    /// What its words are worth, as [`AssuranceMap`] reads it.
    pub map: String,
}

impl Identity {
    /// Proposes a provider, with a new key for Ward to be known by. It vouches for nobody before
    /// [another approves it](Identity::approve_provider).
    ///
    /// # Errors
    /// [`Error::NotPossible`] where the author is no administrator, or something of it is not
    /// right; [`Error::Map`]; [`Error::Store`].
    pub async fn propose_provider(
        &self,
        author: &Assured,
        new: NewProvider,
    ) -> Result<ProviderId, Error> {
        self.check_vouching(author, Step::Propose)?;
        let organisation = author.organisation();
        let _changing = self.organisation(organisation)?.changing.lock().await;
        if !self.is_in_force(author) {
            return Err(Error::FreshProof);
        }
        if self.providers(organisation).len() >= limits::PROVIDERS {
            return Err(Error::NotPossible(
                "the organisation has as many providers as it may",
            ));
        }
        let provider = Provider {
            id: ProviderId::random(&*self.random),
            organisation: organisation.clone(),
            name: shown_name(&new.name)?.into(),
            issuer: issuer(&new.issuer)?.into(),
            client: plain(&new.client, 1, "a client id has 1 to 300 characters")?.into(),
            acr_values: plain(
                &new.acr_values,
                0,
                "acr_values are words with spaces between",
            )?
            .into(),
            map: new.map.parse::<AssuranceMap>()?,
            key: Arc::new(ClientKey::generate()?),
            proposed_by: author.account(),
            approved_by: None,
            ended: false,
        };
        let id = provider.id;
        let record = ProviderRecord::from(&provider);
        let changes = Changes::default().put(record::provider(id), &record)?;
        self.commit(organisation, Some(author.actor()), None, changes)
            .await?;
        self.federation.insert(provider);
        Ok(id)
    }

    /// Approves a provider that somebody else proposed, with a proof that is fresh and can't be
    /// phished.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] for whoever proposed it, and where there is
    /// nothing to approve; [`Error::NoSuchAccount`].
    pub async fn approve_provider(&self, other: &Assured, id: ProviderId) -> Result<(), Error> {
        self.check_vouching(other, Step::Approve)?;
        let organisation = other.organisation();
        let _changing = self.organisation(organisation)?.changing.lock().await;
        let provider = self.provider_of(other, id)?;
        if provider.proposed_by == other.account() {
            return Err(Error::NotPossible(
                "one proposes a provider, and another approves it",
            ));
        }
        if provider.approved_by.is_some() || provider.ended {
            return Err(Error::NotPossible("there is nothing to approve"));
        }
        let approved = Provider {
            approved_by: Some(other.account()),
            ..Provider::clone(&provider)
        };
        self.keep_provider(other, &approved).await?;
        if let Some(known) = self.federation.get(id) {
            known.replace(approved);
        }
        Ok(())
    }

    /// Ends a provider, for good. The sessions of the people for whom its issuer vouched end with
    /// it.
    ///
    /// # Errors
    /// [`Error::NotPossible`], [`Error::NoSuchAccount`], [`Error::Store`].
    pub async fn end_provider(&self, author: &Assured, id: ProviderId) -> Result<(), Error> {
        self.check_vouching(author, Step::End)?;
        let organisation = author.organisation();
        let _changing = self.organisation(organisation)?.changing.lock().await;
        let provider = self.provider_of(author, id)?;
        let ended = Provider {
            ended: true,
            ..Provider::clone(&provider)
        };
        // Taken away in memory first.
        if let Some(known) = self.federation.get(id) {
            known.replace(ended.clone());
        }
        self.keep_provider(author, &ended).await?;
        for account in self.vouched_for(organisation, &provider.issuer) {
            self.end_all(account, None, SignOutCause::Revoked, Some(author.actor()))
                .await?;
        }
        Ok(())
    }

    /// The providers of an organisation, by name; those that ended included.
    pub fn providers(&self, organisation: &Ods) -> Vec<Provider> {
        let known = self.federation.known.read();
        let providers = known
            .values()
            .map(|known| Provider::clone(&known.provider()));
        let mut providers: Vec<_> = providers
            .filter(|provider| provider.organisation == *organisation)
            .collect();
        providers.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        providers
    }

    /// What people may sign in with: of one organisation, or of all.
    pub fn providers_offered(&self, organisation: Option<&Ods>) -> Vec<ProviderView> {
        let known = self.federation.known.read();
        let providers = known.values().map(|known| known.provider());
        let offered = providers.filter(|provider| {
            provider.works() && organisation.is_none_or(|of| *of == provider.organisation)
        });
        let mut views: Vec<_> = offered
            .map(|provider| ProviderView {
                id: provider.id,
                name: provider.name.to_string(),
                organisation: provider.organisation.clone(),
            })
            .collect();
        views.sort_by(|one, other| {
            (&one.organisation, &one.name).cmp(&(&other.organisation, &other.name))
        });
        views
    }

    /// Where a provider sends people back to: an address of its own, so that no other's answer is
    /// taken for its (RFC 9700 4.4.2.2).
    pub fn provider_return(&self, id: ProviderId) -> String {
        format!("{}/sign-in/return/{id}", self.issuer)
    }

    fn provider_of(&self, by: &Assured, id: ProviderId) -> Result<Arc<Provider>, Error> {
        let known = self.federation.get(id).ok_or(Error::NoSuchAccount)?;
        let provider = known.provider();
        if provider.organisation != *by.organisation() || !self.is_in_force(by) {
            return Err(Error::NoSuchAccount);
        }
        Ok(provider)
    }

    async fn keep_provider(&self, by: &Assured, provider: &Provider) -> Result<(), Error> {
        let record = ProviderRecord::from(provider);
        let changes = Changes::default().put(record::provider(provider.id), &record)?;
        self.commit(by.organisation(), Some(by.actor()), None, changes)
            .await
    }

    /// The accounts for which an issuer vouches; what they proved before counts no more.
    fn vouched_for(&self, organisation: &Ods, issuer: &str) -> Vec<AccountId> {
        let members = self.members.read();
        let of = members.iter().filter(|(_, member)| {
            let mut credentials = member.credentials.lock();
            let link = credentials.federated.as_ref();
            let is_own = member.account().organisation() == organisation
                && link.is_some_and(|link| *link.issuer == *issuer);
            if is_own {
                credentials.revoke();
            }
            is_own
        });
        of.map(|(id, _)| *id).collect()
    }
}

/// An issuer as it is: compared byte by byte from now on.
fn issuer(text: &str) -> Result<&str, Error> {
    let wrong = Error::NotPossible("an issuer is an https address without query and fragment");
    let Ok(url) = Url::parse(text) else {
        return Err(wrong);
    };
    let is_plain = url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    let is_right =
        is_plain && is_anonymous && url.scheme() == "https" && text.starts_with("https://");
    let is_short = text.len() <= ISSUER_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
    (is_right && is_short).then_some(text).ok_or(wrong)
}

fn plain<'a>(text: &'a str, least: usize, why: &'static str) -> Result<&'a str, Error> {
    let text = text.trim();
    let is_plain = text
        .bytes()
        .all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if (least..=TEXT_BYTES).contains(&text.len()) && is_plain {
        return Ok(text);
    }
    Err(Error::NotPossible(why))
}

impl From<InvalidMap> for Error {
    fn from(invalid: InvalidMap) -> Self {
        Self::Map(invalid)
    }
}
