//! Codes and refresh tokens for tokens (RFC 6749 4.1.3, 6; RFC 7636 4.6; RFC 9449 5; RFC 9700 4.14).

use std::{net::IpAddr, sync::Arc};

use ward_core::{Secret, limits};
use ward_log::{Actor, Event, Factors, SignInFailure, SignOutCause};

use super::{
    AppScopes,
    client::Client,
    live::{Access, Authorization, Spent, TakenCode},
    record::{self, AuthorizationRecord, UsedRecord},
};
use crate::{
    AccessToken, Assured, Caller, Error, Identity,
    assured::Proof,
    ledger::Changes,
    service::{BoundKey, DpopExpected, Unspent},
    token::{TokenHash, new_token, same, sha256},
};

/// What is exchanged.
#[derive(Debug)]
pub(crate) struct CodeRequest {
    pub(crate) code: String,
    pub(crate) redirect_uri: String,
    pub(crate) verifier: String,
}

#[derive(Debug)]
pub(crate) struct RefreshRequest {
    pub(crate) token: String,
    pub(crate) scopes: Option<AppScopes>,
}

impl Identity {
    pub(crate) async fn exchange_code(
        &self,
        client: &Arc<Client>,
        request: &CodeRequest,
        (key, unspent): (BoundKey, Unspent),
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        self.spend(&key, &unspent)?;
        let hash = TokenHash::of(&request.code).ok_or(Error::Grant)?;
        let taken = self.apps.live.lock().take_code(&hash);
        let taken = match taken {
            Spent::First(taken) => taken,
            Spent::Again(of) => return self.replayed(&of, caller).await,
            Spent::Nothing => return Err(Error::Grant),
        };
        let authorization = Arc::clone(&taken.authorization);
        if !self.is_right(&taken, client, request, &key) {
            // Who sent it has the code and not what belongs to it: nothing may come of it.
            self.app_failed(client, SignInFailure::WrongFactor, caller)
                .await?;
            self.end_authorization(&authorization, SignOutCause::Revoked)
                .await?;
            return Err(Error::Grant);
        }
        let scopes = authorization.scopes.clone();
        self.issue(&authorization, &scopes, key, None, caller).await
    }

    pub(crate) async fn exchange_refresh(
        &self,
        client: &Arc<Client>,
        request: &RefreshRequest,
        (key, unspent): (BoundKey, Unspent),
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        self.spend(&key, &unspent)?;
        let hash = TokenHash::of(&request.token).ok_or(Error::Grant)?;
        let (id, now) = (client.app().id, self.now());
        let asked = request.scopes.as_ref();
        let taken = {
            let mut live = self.apps.live.lock();
            let granted = live.refresh(&hash).map(|of| &of.authorization.scopes);
            let widened = granted
                .zip(asked)
                .is_some_and(|(granted, asked)| !asked.is_within(granted));
            if widened {
                return Err(Error::NoScope);
            }
            live.take_refresh(&hash, id, key.key.thumbprint)
        };
        let authorization = match taken {
            Spent::First(authorization) => authorization,
            Spent::Again(of) => return self.replayed(&of, caller).await,
            Spent::Nothing => {
                self.app_failed(client, SignInFailure::WrongFactor, caller)
                    .await?;
                return Err(Error::Grant);
            }
        };
        if !self.stands(&authorization, now) || !authorization.may_refresh() {
            self.end_authorization(&authorization, SignOutCause::Expired)
                .await?;
            return Err(Error::Grant);
        }
        let granted = &authorization.scopes;
        let scopes = asked.map_or_else(|| granted.clone(), |asked| asked.granted_by(granted));
        let scopes = AppScopes {
            offline_access: granted.offline_access,
            online_access: granted.online_access,
            ..scopes
        };
        self.issue(&authorization, &scopes, key, Some(now), caller)
            .await
    }

    /// The person, through the app of a token, for one request.
    pub(crate) fn authenticate_app_token(
        &self,
        hash: &TokenHash,
        proof: &str,
        expected: &DpopExpected<'_>,
        address: Option<IpAddr>,
    ) -> Result<Assured, Error> {
        let access = self.apps.live.lock().access(hash);
        let access = access.ok_or(Error::AccessToken)?;
        let authorization = &access.authorization;
        if access.expires <= expected.now || !self.stands(authorization, expected.now) {
            return Err(Error::AccessToken);
        }
        let unspent = access.key.verify(proof, expected)?;
        self.spend(&access.key, &unspent)?;
        let proof = Proof {
            session: authorization.id,
            ..authorization.proof
        };
        let scopes = Arc::clone(&access.scopes);
        Assured::new(authorization.member.account(), proof, scopes, address)
            .map(|assured| assured.through(Arc::clone(&authorization.access)))
            .ok_or(Error::AccessToken)
    }

    fn is_right(
        &self,
        taken: &TakenCode,
        client: &Arc<Client>,
        request: &CodeRequest,
        key: &BoundKey,
    ) -> bool {
        let now = self.now();
        let is_verifier = (43..=128).contains(&request.verifier.len())
            && sha256(request.verifier.as_bytes()) == taken.challenge;
        taken.authorization.access.client == client.app().id
            && same(&taken.redirect_uri, &request.redirect_uri)
            && is_verifier
            && taken.key.is_none_or(|named| named == key.key.thumbprint)
            && taken.expires > now
            && self.stands(&taken.authorization, now)
    }

    /// Somebody has a copy: nobody knows which of two is the thief (RFC 9700 4.14.2).
    async fn replayed(
        &self,
        authorization: &Arc<Authorization>,
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        let client = &authorization.client;
        // Ended first: whatever fails then, it works no more.
        self.end_authorization(authorization, SignOutCause::Revoked)
            .await?;
        self.app_failed(client, SignInFailure::Replayed, caller)
            .await?;
        Err(Error::Grant)
    }

    async fn issue(
        &self,
        authorization: &Arc<Authorization>,
        scopes: &AppScopes,
        key: BoundKey,
        refreshed: Option<ward_core::Timestamp>,
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        let now = self.now();
        let app = authorization.client.app();
        let factors = authorization.proof.factors.with(Factors::DPOP);
        let actor = Actor {
            account: authorization.member.account().id,
            session: Some(authorization.id),
            factors,
            address: caller.address,
        };
        let used = UsedRecord {
            at_micros: now.as_micros(),
        };
        let mut changes = Changes::default().put(record::used(*app.id.as_bytes()), &used)?;
        changes = match refreshed {
            Some(_) => {
                let record = AuthorizationRecord::new(authorization, refreshed);
                changes.put(record::authorization(authorization.id), &record)?
            }
            None => changes.event(Event::SignIn),
        };
        self.commit(&app.organisation, Some(actor), caller.request, changes)
            .await?;
        self.used.set(*app.id.as_bytes(), now);
        let until = authorization.began + limits::AUTHORIZATION;
        let expires = (now + limits::APP_TOKEN).min(app.expires).min(until);
        let (token, hash) = new_token(&*self.random);
        let refresh = scopes.refreshes().then(|| new_token(&*self.random));
        let (refresh_token, refresh_hash): (Option<Secret<String>>, _) = refresh.unzip();
        let access = Access {
            authorization: Arc::clone(authorization),
            scopes: Arc::new(scopes.resources.clone()),
            expires,
            key,
        };
        if !self.apps.live.lock().issue((hash, access), refresh_hash) {
            return Err(Error::Grant);
        }
        Ok(AccessToken {
            token,
            expires_in: expires.since(now),
            scope: scopes.to_string(),
            refresh_token,
            patient: authorization.patient.clone(),
        })
    }

    /// Writes down that an app could not get what it asked for.
    pub(crate) async fn app_failed(
        &self,
        client: &Client,
        reason: SignInFailure,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let organisation = client.app().organisation.clone();
        self.write_down(&organisation, None, reason, caller).await
    }
}
