//! Sending somebody to their provider (OIDC Core 3.1.2.1; RFC 7636; RFC 9126).

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use ward_core::{AccountId, ProviderId, Secret, SessionId, Timestamp, limits, network};
use webauthn_rs::prelude::Url;

use super::{
    Known, Provider,
    discovery::{Metadata, read},
};
use crate::{
    Assured, Caller, Error, Identity,
    step_up::in_browser,
    token::{TokenHash, new_token, sha256},
};

/// Somebody who is on the way to a provider and back.
pub(crate) struct Begun {
    pub(crate) provider: ProviderId,
    /// Where the provider was asked: its answer is taken to the same place.
    pub(crate) metadata: Arc<Metadata>,
    /// Of the browser that left; no other may come back.
    pub(crate) browser: TokenHash,
    pub(crate) nonce: String,
    pub(crate) verifier: Secret<String>,
    pub(crate) began: Timestamp,
    pub(crate) what_for: WhatFor,
}

/// What a person leaves for.
pub(crate) enum WhatFor {
    SignIn,
    Prove {
        account: AccountId,
        session: SessionId,
        draft: String,
    },
    Enrol {
        link: Secret<String>,
    },
}

impl WhatFor {
    /// How old the proof may be that the provider vouches for, in seconds: where a fresh one is
    /// asked for, none at all.
    const fn max_age(&self) -> u64 {
        match self {
            Self::SignIn => limits::FRESH_PROOF.as_secs(),
            Self::Prove { .. } | Self::Enrol { .. } => 0,
        }
    }
}

impl Begun {
    /// No proof from before then will do.
    pub(crate) fn oldest_proof(&self) -> Timestamp {
        self.began - std::time::Duration::from_secs(self.what_for.max_age())
    }
}

/// Where to send a browser, and what it must bring back.
#[derive(Debug)]
pub struct Departure {
    /// The provider's page.
    pub url: String,
    /// For a cookie: binds the way back to this browser.
    pub browser: Secret<String>,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

impl Identity {
    /// Sends somebody who is not signed in to a provider.
    ///
    /// # Errors
    /// [`Error::Provider`] where it does not answer; [`Error::NoSuchAccount`] where there is none;
    /// [`Error::Busy`].
    pub async fn start_federated_sign_in(
        &self,
        provider: ProviderId,
        caller: &Caller<'_>,
    ) -> Result<Departure, Error> {
        let (known, _) = self.working_provider(provider)?;
        let owner = caller.address.map_or(0, network);
        self.depart(&known, WhatFor::SignIn, false, owner).await
    }

    /// Sends somebody with an enrolment link to a provider of their organisation, to prove afresh
    /// whom it knows them as.
    ///
    /// # Errors
    /// [`Error::Link`], and as [`Identity::start_federated_sign_in`].
    pub async fn start_federated_enrolment(
        &self,
        link: &str,
        provider: ProviderId,
    ) -> Result<Departure, Error> {
        let whom = self.enrolment(link).ok_or(Error::Link)?;
        let (known, of) = self.working_provider(provider)?;
        if of.organisation != *whom.name.organisation() {
            return Err(Error::NoSuchAccount);
        }
        let link = Secret::new(link.to_owned());
        let owner = TokenHash::of(link.expose()).map_or(0, |hash| first_bytes(&hash.0));
        self.depart(&known, WhatFor::Enrol { link }, false, owner)
            .await
    }

    /// Sends somebody to their provider to prove again who they are. `draft` comes back with them.
    ///
    /// # Errors
    /// [`Error::FreshProof`] where the session is over, or no provider vouches for the account; as
    /// [`Identity::start_federated_sign_in`].
    pub async fn start_federated_step_up(
        &self,
        assured: &Assured,
        draft: &str,
    ) -> Result<Departure, Error> {
        if !in_browser(assured) || !self.is_in_force(assured) {
            return Err(Error::FreshProof);
        }
        let provider = self.own_provider(assured).ok_or(Error::FreshProof)?;
        let (known, _) = self.working_provider(provider)?;
        let account = assured.account();
        let what_for = WhatFor::Prove {
            account,
            session: assured.session(),
            draft: draft.to_owned(),
        };
        let owner = u128::from_be_bytes(*account.as_bytes());
        self.depart(&known, what_for, assured.phishing_resistant(), owner)
            .await
    }

    /// The provider that vouches for the account of a session.
    pub(crate) fn own_provider(&self, assured: &Assured) -> Option<ProviderId> {
        let member = self.member(assured.account())?;
        let issuer = member.credentials.lock().federated.as_ref()?.issuer.clone();
        let known = self.federation.known.read();
        let mut providers = known.values().map(|known| known.provider());
        let own = providers.find(|provider| {
            provider.works()
                && provider.organisation == *assured.organisation()
                && *provider.issuer == *issuer
        });
        own.map(|provider| provider.id)
    }

    pub(crate) fn working_provider(
        &self,
        id: ProviderId,
    ) -> Result<(Arc<Known>, Arc<Provider>), Error> {
        self.federation.working(id).ok_or(Error::NoSuchAccount)
    }

    async fn depart(
        &self,
        known: &Known,
        what_for: WhatFor,
        phishing_resistant: bool,
        owner: u128,
    ) -> Result<Departure, Error> {
        let metadata = self.metadata(known).await?;
        let provider = known.provider();
        let secret = || new_token(&*self.random).0;
        let (browser, browser_hash) = new_token(&*self.random);
        let (nonce, verifier) = (secret().expose().clone(), secret());
        let challenge = BASE64URL_NOPAD.encode(&sha256(verifier.expose().as_bytes()));
        let max_age = what_for.max_age();
        let begun = Begun {
            provider: provider.id,
            metadata: Arc::clone(&metadata),
            browser: browser_hash,
            nonce: nonce.clone(),
            verifier,
            began: self.now(),
            what_for,
        };
        let state = self
            .federation
            .begun
            .start(owner, begun, self.now(), &*self.random);
        let acr_values = if provider.acr_values.is_empty() {
            provider.map.acr_values(phishing_resistant).join(" ")
        } else {
            provider.acr_values.to_string()
        };
        let mut request = vec![
            ("response_type", "code".to_owned()),
            ("scope", "openid".to_owned()),
            ("redirect_uri", self.provider_return(provider.id)),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
            ("max_age", max_age.to_string()),
        ];
        if !acr_values.is_empty() {
            request.push(("acr_values", acr_values));
        }
        if max_age == 0 {
            request.push(("prompt", "login".to_owned()));
        }
        let url = self
            .authorization_url(&provider, &metadata, request)
            .await?;
        Ok(Departure { url, browser })
    }

    /// The address of the provider's page. Where requests can be pushed, it carries nothing that
    /// somebody could change on the way.
    async fn authorization_url(
        &self,
        provider: &Provider,
        metadata: &Metadata,
        request: Vec<(&'static str, String)>,
    ) -> Result<String, Error> {
        let client = ("client_id", provider.client.to_string());
        let pairs = match &metadata.pushed_authorization_request_endpoint {
            None => [vec![client], request].concat(),
            Some(endpoint) => {
                let fields = request.into_iter();
                let fields = fields.map(|(name, value)| (name, Secret::new(value)));
                let mut fields: Vec<_> = fields.collect();
                fields.extend(self.as_client(provider, metadata)?);
                let answer = self.post_to_provider(endpoint, &fields).await?;
                if !matches!(answer.status, 200 | 201) {
                    return Err(Error::Provider("it refused the pushed request"));
                }
                let pushed: Pushed = read(&answer.body)?;
                vec![client, ("request_uri", pushed.request_uri)]
            }
        };
        let url = Url::parse_with_params(&metadata.authorization_endpoint, pairs);
        url.map(String::from)
            .map_err(|_| Error::Provider("one of its addresses can't be read"))
    }

    /// The fields by which Ward proves who it is to a provider.
    pub(crate) fn as_client(
        &self,
        provider: &Provider,
        metadata: &Metadata,
    ) -> Result<[(&'static str, Secret<String>); 3], Error> {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let assertion = provider.key.assertion(
            &provider.client,
            &metadata.token_endpoint,
            self.now(),
            &*self.random,
        )?;
        Ok([
            ("client_id", Secret::new(provider.client.to_string())),
            ("client_assertion_type", Secret::new(kind.to_owned())),
            ("client_assertion", assertion),
        ])
    }
}

fn first_bytes(hash: &[u8; 32]) -> u128 {
    let (first, _) = hash.split_at(16);
    first.try_into().map_or(0, u128::from_be_bytes)
}
