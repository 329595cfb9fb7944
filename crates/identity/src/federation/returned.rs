//! Coming back from a provider (OIDC Core 3.1.2.5 to 3.1.3.7; RFC 9207; RFC 9700).

use std::sync::Arc;

use serde::Deserialize;
use ward_core::{AccountId, Ods, ProviderId, Secret, SessionId};
use ward_log::SignInFailure;

use super::{
    Begun, FederatedLink, Known, Provider,
    departure::WhatFor,
    discovery::read,
    id_token::{self, Vouched},
    record::federated,
};
use crate::{
    Caller, Error, Identity, SignedIn, ledger::Changes, sign_in::Proved, token::TokenHash,
};

/// What a browser brings back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Returned<'a> {
    /// `state`
    pub state: &'a str,
    /// `code`; none where the provider refused.
    pub code: Option<&'a str>,
    /// `iss` (RFC 9207)
    pub issuer: Option<&'a str>,
    /// The cookie of [`Departure::browser`](super::Departure::browser).
    pub browser: Option<&'a str>,
}

/// What came of it.
#[derive(Debug)]
pub enum Arrived {
    /// A session began.
    SignedIn(SignedIn),
    /// It was proved again who it is: a session began in the place of another.
    Proved {
        /// The session that ended.
        from: SessionId,
        /// The one that began.
        signed_in: SignedIn,
        /// What the departure was given to bring back.
        draft: String,
    },
    /// The account is linked. No session began: its person signs in now.
    Enrolled,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Identity {
    /// Takes in somebody who comes back from a provider, once.
    ///
    /// # Errors
    /// [`Error::Ceremony`] where nobody left from this browser with this state;
    /// [`Error::Provider`] where the provider does not answer; [`Error::SignIn`] where what it
    /// vouches for is nobody here, or too little; [`Error::Link`], [`Error::FreshProof`].
    pub async fn return_from_provider(
        &self,
        provider: ProviderId,
        returned: &Returned<'_>,
        caller: &Caller<'_>,
    ) -> Result<Arrived, Error> {
        let begun = self.federation.begun.take(returned.state, self.now());
        let begun = begun.ok_or(Error::Ceremony)?;
        let browser = returned.browser.and_then(TokenHash::of);
        if begun.provider != provider || browser != Some(begun.browser) {
            tracing::warn!(%provider, "somebody came back whom another browser or provider sent");
            return Err(Error::Ceremony);
        }
        let (known, provider) = self.working_provider(provider)?;
        let vouched = match self.vouched(&known, &begun, returned).await {
            Err(Error::Vouching(why)) => {
                tracing::warn!(provider = %provider.id, why, "what a provider vouched for is refused");
                let reason = SignInFailure::NotVouchedFor;
                self.write_down(&provider.organisation, None, reason, caller)
                    .await?;
                return Err(Error::SignIn);
            }
            other => other?,
        };
        match begun.what_for {
            WhatFor::SignIn => {
                let proved = self
                    .prove_federated(&provider, &vouched, None, caller)
                    .await?;
                let signed_in = self
                    .begin_session(proved, None, Changes::default(), caller)
                    .await?;
                Ok(Arrived::SignedIn(signed_in))
            }
            WhatFor::Prove {
                account,
                session,
                draft,
            } => {
                let own = (account, session);
                let signed_in = self.step_up(&provider, &vouched, own, caller).await?;
                Ok(Arrived::Proved {
                    from: session,
                    signed_in,
                    draft,
                })
            }
            WhatFor::Enrol { link } => {
                self.link_account(&provider, &vouched, &link, caller)
                    .await?;
                Ok(Arrived::Enrolled)
            }
        }
    }

    /// Exchanges the code, and judges the ID token.
    async fn vouched(
        &self,
        known: &Known,
        begun: &Begun,
        returned: &Returned<'_>,
    ) -> Result<Vouched, Error> {
        let provider = known.provider();
        let metadata = &begun.metadata;
        let wants_issuer = metadata.authorization_response_iss_parameter_supported;
        let is_own = |issuer| issuer == &*provider.issuer;
        if !returned.issuer.map_or(!wants_issuer, is_own) {
            return Err(Error::Vouching("the answer of another issuer"));
        }
        let code = returned
            .code
            .ok_or(Error::Vouching("the provider refused"))?;
        let field = |text: &str| Secret::new(text.to_owned());
        let mut fields = vec![
            ("grant_type", field("authorization_code")),
            ("code", field(code)),
            ("redirect_uri", field(&self.provider_return(provider.id))),
            ("code_verifier", begun.verifier.clone()),
        ];
        fields.extend(self.as_client(&provider, metadata)?);
        let answer = self
            .post_to_provider(&metadata.token_endpoint, &fields)
            .await?;
        match answer.status {
            200 => {}
            400..=499 => return Err(Error::Vouching("the provider does not take the code")),
            _ => return Err(Error::Provider("it answered with an error")),
        }
        let Tokens { id_token } = read(&answer.body)?;
        let key = id_token::key_id(&id_token)?;
        let key = self.provider_key(known, metadata, key.as_deref()).await?;
        id_token::judge(&id_token, &key, &provider, begun, self.now())
    }

    /// The account for which a provider vouches: of anybody, or of one.
    async fn prove_federated(
        &self,
        provider: &Provider,
        vouched: &Vouched,
        only: Option<AccountId>,
        caller: &Caller<'_>,
    ) -> Result<Proved, Error> {
        let organisation = &provider.organisation;
        let found = self.linked(organisation, provider, vouched);
        let found = found.filter(|found| only.is_none_or(|only| only == *found));
        let Some(member) = found.and_then(|found| self.member(found)) else {
            let reason = SignInFailure::UnknownAccount;
            self.write_down(organisation, only, reason, caller).await?;
            return Err(Error::SignIn);
        };
        let order = Arc::clone(&member.proving).lock_owned().await;
        let generation = {
            let credentials = member.credentials.lock();
            // Unlinked since: a recovery took its place.
            let link = credentials.federated.as_ref();
            let is_linked = link.is_some_and(|link| {
                *link.issuer == *provider.issuer && link.subject == vouched.subject
            });
            is_linked.then(|| credentials.generation())
        };
        let account = member.account();
        let works = self.federation.working(provider.id).is_some();
        let (Some(generation), false, true) = (generation, account.suspended, works) else {
            let (id, reason) = (Some(account.id), SignInFailure::Suspended);
            self.write_down(organisation, id, reason, caller).await?;
            return Err(Error::SignIn);
        };
        Ok(Proved {
            member,
            factors: vouched.assurance.factors(),
            generation,
            at: vouched.at,
            order,
        })
    }

    /// A session in the place of the one that asked, of the same account, and never by less.
    async fn step_up(
        &self,
        provider: &Provider,
        vouched: &Vouched,
        own: (AccountId, SessionId),
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        let session = caller.session.unwrap_or_default();
        let assured = self.authenticate(session, caller.address);
        let assured = assured.filter(|of| (of.account(), of.session()) == own);
        let assured = assured.ok_or(Error::FreshProof)?;
        let proved = self
            .prove_federated(provider, vouched, Some(assured.account()), caller)
            .await?;
        if !proved.factors.contains(assured.factors()) {
            return Err(Error::FreshProof);
        }
        self.goes_on(&assured, caller)?;
        self.begin_session(proved, Some(assured.lineage()), Changes::default(), caller)
            .await
    }

    /// Links the account of an enrolment link, which is used up.
    async fn link_account(
        &self,
        provider: &Provider,
        vouched: &Vouched,
        link: &Secret<String>,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let organisation = &provider.organisation;
        // Of two accounts that one subject is linked to at a time, one is.
        let _linking = self.organisation(organisation)?.linking.lock().await;
        let whom = self.enrolment(link.expose()).ok_or(Error::Link)?;
        let account = self.member_named(&whom.name).ok_or(Error::Link)?.account();
        let linked = self.linked(organisation, provider, vouched);
        if account.organisation() != organisation || linked.is_some_and(|other| other != account.id)
        {
            return Err(Error::NotPossible("this sign-in is another account's"));
        }
        let made = FederatedLink {
            issuer: provider.issuer.to_string(),
            subject: vouched.subject.clone(),
            linked_at_micros: self.now().as_micros(),
        };
        let changes = Changes::default().put(federated(account.id), &made)?;
        let kept = made.clone();
        self.use_link(link.expose(), caller, changes, |credentials| {
            credentials.federated = Some(kept);
        })
        .await?;
        self.federation
            .links
            .insert(organisation, &made, account.id);
        Ok(())
    }

    fn linked(
        &self,
        organisation: &Ods,
        provider: &Provider,
        vouched: &Vouched,
    ) -> Option<AccountId> {
        let links = &self.federation.links;
        links.find(organisation, &provider.issuer, &vouched.subject)
    }
}
