//! What a token is, and the end of it (RFC 7662; RFC 7009).

use ward_core::{Ods, PatientId, Timestamp};
use ward_log::SignOutCause;

use super::PHISHING_RESISTANT;
use crate::{
    Caller, Error, Identity,
    assured::resist_phishing,
    service::{Authenticated, ClientAuthentication, one},
    token::TokenHash,
};

/// A token that works (RFC 7662 2.2).
#[derive(Debug)]
pub struct Introspected {
    /// `client_id`
    pub client: String,
    /// `scope`
    pub scope: String,
    /// `exp`
    pub expires: Timestamp,
    /// `sub`: the account that it acts for.
    pub account: ward_core::AccountId,
    /// `cnf.jkt`: the thumbprint of its key (RFC 9449 6.2).
    pub key: String,
    /// `auth_time`: when its person proved who they are (RFC 9470 6.2).
    pub proved: Option<Timestamp>,
    /// `acr`: the context of that proof, where it has a name.
    pub context: Option<&'static str>,
    /// The patient of its launch (SMART App Launch 2.2, token introspection).
    pub patient: Option<PatientId>,
}

impl Identity {
    /// Tells a client of an organisation about a token of the same. `None` for every other token,
    /// whether there is one or not.
    ///
    /// # Errors
    /// [`Error::Client`], [`Error::TokenRequest`].
    pub async fn introspect(
        &self,
        pairs: &[(String, String)],
        url: &str,
        caller: &Caller<'_>,
    ) -> Result<Option<Introspected>, Error> {
        let authentication = ClientAuthentication::from_form(pairs)?;
        let audiences = [&*self.token_url, &*self.issuer, url];
        let asking = self
            .authenticate_confidential(&authentication, &audiences, caller)
            .await?;
        if matches!(&asking, Authenticated::Service(member) if member.account().device.is_some()) {
            return Err(Error::UnauthorizedClient("a device asks about no tokens"));
        }
        let organisation = asking.organisation();
        let token = one(pairs, "token")?.ok_or(Error::TokenRequest("token is missing"))?;
        Ok(TokenHash::of(token).and_then(|hash| self.token_of(&hash, &organisation)))
    }

    fn token_of(&self, hash: &TokenHash, organisation: &Ods) -> Option<Introspected> {
        let now = self.now();
        if let Some(grant) = self.tokens.get(hash) {
            let account = grant.member.account();
            let works = grant.expires > now && !account.suspended;
            return (works && account.organisation() == organisation).then(|| Introspected {
                client: account.id.to_string(),
                scope: grant.scopes.to_string(),
                expires: grant.expires,
                account: account.id,
                key: grant.key.key.thumbprint.text(),
                proved: None,
                context: None,
                patient: None,
            });
        }
        let access = self.apps.live.lock().access(hash)?;
        let of = &access.authorization;
        let app = of.client.app();
        let works = access.expires > now && self.stands(of, now);
        (works && app.organisation == *organisation).then(|| Introspected {
            client: app.id.to_string(),
            scope: access.scopes.to_string(),
            expires: access.expires,
            account: of.member.account().id,
            key: access.key.key.thumbprint.text(),
            proved: Some(of.proof.at),
            context: resist_phishing(of.proof.factors).then_some(PHISHING_RESISTANT),
            patient: of.patient.clone(),
        })
    }

    /// Ends a client's own token. That of an app that refreshes ends all that it was given (RFC
    /// 7009 2.1). A token that is unknown, or another's, changes nothing, and is no error.
    ///
    /// # Errors
    /// [`Error::Client`], [`Error::TokenRequest`], [`Error::Store`].
    pub async fn revoke_token(
        &self,
        pairs: &[(String, String)],
        url: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let authentication = ClientAuthentication::from_form(pairs)?;
        let audiences = [&*self.token_url, &*self.issuer, url];
        let client = self
            .authenticate_client(&authentication, &audiences, caller)
            .await?;
        let token = one(pairs, "token")?.ok_or(Error::TokenRequest("token is missing"))?;
        let Some(hash) = TokenHash::of(token) else {
            return Ok(());
        };
        match client {
            Authenticated::Service(member) => {
                self.tokens.end(member.account().id, &hash);
                Ok(())
            }
            Authenticated::App(client) => {
                let id = client.app().id;
                let (of_refresh, of_access) = {
                    let mut live = self.apps.live.lock();
                    let refresh = live.refresh(&hash).map(|it| it.authorization.clone());
                    let access = live.access(&hash).map(|it| it.authorization.clone());
                    if access.as_ref().is_some_and(|it| it.access.client == id) {
                        live.end_access(&hash);
                    }
                    (refresh, access)
                };
                let ends = |of: &std::sync::Arc<super::live::Authorization>| of.access.client == id;
                let lasting = of_access.filter(|of| !of.scopes.refreshes());
                match of_refresh.or(lasting).filter(ends) {
                    Some(of) => self.end_authorization(&of, SignOutCause::Asked).await,
                    None => Ok(()),
                }
            }
        }
    }
}
