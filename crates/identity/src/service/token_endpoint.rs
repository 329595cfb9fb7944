//! What `/oauth/token` does, and what its tokens open (RFC 6749 4.4; RFC 7523; RFC 9449; SMART App
//! Launch 2.2, Backend Services).

use std::{net::IpAddr, sync::Arc, time::Duration};

use ward_core::{AccountId, Secret, SessionId, limits};
use ward_log::{Actor, Event, Factors, SignInFailure};

use super::{
    assertion::{self, Assertion},
    dpop::{self, BoundKey, Unspent},
    replay::Use,
    tokens::Grant,
};
use crate::{
    Assured, Caller, Error, Identity, Scopes,
    account::Member,
    assured::Proof,
    ledger::Changes,
    token::{TokenHash, new_token},
};

/// The one grant that there is: no password, no code yet, nothing implicit.
const GRANT_TYPE: &str = "client_credentials";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A request to the token endpoint.
#[derive(Debug)]
pub struct TokenRequest {
    client_assertion: String,
    scopes: Scopes,
    client_id: Option<String>,
}

/// A token that was issued, to be sent as JSON (RFC 6749 5.1).
#[derive(Debug)]
pub struct AccessToken {
    /// `access_token`
    pub token: Secret<String>,
    /// `expires_in`
    pub expires_in: Duration,
    /// `scope`: what was granted, which may be less than what was asked for.
    pub scope: String,
}

impl AccessToken {
    /// `token_type`: the token works with a proof of its key alone.
    pub const TYPE: &'static str = "DPoP";
}

impl TokenRequest {
    /// Reads the fields of the form. A parameter that is sent twice is an error, one that is empty
    /// counts as not sent, and one that Ward does not know is ignored (RFC 6749 3.2).
    ///
    /// # Errors
    /// [`Error::TokenRequest`], [`Error::GrantType`], [`Error::Scope`], [`Error::NoScope`].
    pub fn from_form(pairs: &[(String, String)]) -> Result<Self, Error> {
        let field = |name: &str| one(pairs, name);
        match field("grant_type")? {
            Some(GRANT_TYPE) => {}
            Some(_) => return Err(Error::GrantType),
            None => return Err(Error::TokenRequest("grant_type is missing")),
        }
        if field("client_secret")?.is_some() {
            return Err(Error::TokenRequest(
                "Ward knows no client secrets; take it out of use",
            ));
        }
        if field("client_assertion_type")? != Some(ASSERTION_TYPE) {
            return Err(Error::TokenRequest(
                "client_assertion_type must be jwt-bearer",
            ));
        }
        let assertion = field("client_assertion")?;
        let assertion = assertion.ok_or(Error::TokenRequest("client_assertion is missing"))?;
        Ok(Self {
            client_assertion: assertion.to_owned(),
            scopes: Scopes::parse(field("scope")?.ok_or(Error::NoScope)?)?,
            client_id: field("client_id")?.map(ToOwned::to_owned),
        })
    }
}

fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Error> {
    let mut found = pairs.iter().filter(|(known, _)| known == name);
    let value = found.next().map(|(_, value)| value.as_str());
    if found.next().is_some() {
        return Err(Error::TokenRequest("a parameter was sent twice"));
    }
    Ok(value.filter(|value| !value.is_empty()))
}

impl Identity {
    /// Issues a token to a service that authenticates with its registered key, bound to the key
    /// of its DPoP proof.
    ///
    /// # Errors
    /// [`Error::Client`], [`Error::Proof`], [`Error::NoScope`], [`Error::Store`].
    pub async fn token(
        &self,
        request: &TokenRequest,
        proof: Option<&str>,
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        let (key, unspent) = self.check_proof_of_new_key(proof)?;
        let (member, assertion_id) = self.authenticate_client(request, caller).await?;
        let account = member.account();
        let service = account
            .service
            .as_ref()
            .ok_or(Error::Client("not a service"))?;
        let scopes = request.scopes.granted_by(&service.scopes);
        if scopes.is_empty() {
            return Err(Error::NoScope);
        }
        let now = self.now();
        if self
            .tokens
            .assertions
            .once(account.id.as_bytes(), &assertion_id, now)
            != Use::First
        {
            self.client_failed(account.id, SignInFailure::Replayed, caller)
                .await?;
            return Err(Error::Client("the assertion was used before"));
        }
        self.spend(&key, &unspent)?;
        let expires = (now + limits::SERVICE_TOKEN).min(service.expires);
        let (token, hash) = new_token(&*self.random);
        let factors = Factors::CLIENT_KEY.with(Factors::DPOP);
        let proof = Proof {
            session: SessionId::random(&*self.random),
            factors,
            at: now,
        };
        let actor = Actor {
            account: account.id,
            session: Some(proof.session),
            factors,
            address: caller.address,
        };
        let changes = Changes::default().event(Event::SignIn);
        self.commit(account.organisation(), Some(actor), caller.request, changes)
            .await?;
        let (scope, scopes) = (scopes.to_string(), Arc::new(scopes));
        let grant = Grant {
            member,
            proof,
            scopes,
            expires,
            key,
        };
        self.tokens.insert(account.id, hash, grant);
        Ok(AccessToken {
            token,
            expires_in: expires.since(now),
            scope,
        })
    }

    /// The service of a token, for one request that it proves to have made itself. `url` is the
    /// request's URL as the server knows it, without a query.
    ///
    /// # Errors
    /// [`Error::AccessToken`] where the token does not work; [`Error::Proof`] where the proof is
    /// not of its key, of this request, of now, or new.
    pub fn authenticate_dpop(
        &self,
        token: &str,
        proof: &str,
        method: &str,
        url: &str,
        address: Option<IpAddr>,
    ) -> Result<Assured, Error> {
        let hash = TokenHash::of(token).ok_or(Error::AccessToken)?;
        let grant = self.tokens.get(&hash).ok_or(Error::AccessToken)?;
        let now = self.now();
        if grant.expires <= now {
            return Err(Error::AccessToken);
        }
        let expected = dpop::Expected {
            method,
            url,
            now,
            token: Some(&hash.0),
        };
        let unspent = grant.key.verify(proof, &expected)?;
        self.spend(&grant.key, &unspent)?;
        let scopes = Arc::clone(&grant.scopes);
        let assured = Assured::new(grant.member.account(), grant.proof, scopes, address);
        assured.ok_or(Error::AccessToken)
    }

    fn check_proof_of_new_key(&self, proof: Option<&str>) -> Result<(BoundKey, Unspent), Error> {
        let proof = proof.ok_or(Error::Proof("a DPoP proof is asked for"))?;
        let (now, url) = (self.now(), &*self.token_url);
        dpop::verify_new(
            proof,
            &dpop::Expected {
                method: "POST",
                url,
                now,
                token: None,
            },
        )
    }

    /// Uses a proof's id up.
    fn spend(&self, key: &BoundKey, Unspent(id): &Unspent) -> Result<(), Error> {
        match self
            .tokens
            .proofs
            .once(&key.key.thumbprint.0, id, self.now())
        {
            Use::First => Ok(()),
            Use::Again => Err(Error::Proof("it was used before")),
            Use::Full => Err(Error::Busy),
        }
    }

    /// The service that an assertion is of, and the assertion's id, not yet used up.
    async fn authenticate_client(
        &self,
        request: &TokenRequest,
        caller: &Caller<'_>,
    ) -> Result<(Arc<Member>, Vec<u8>), Error> {
        let expected = assertion::Expected {
            audience: &self.token_url,
            now: self.now(),
        };
        let assertion = Assertion::read(&request.client_assertion, &expected)?;
        if request
            .client_id
            .as_deref()
            .is_some_and(|id| id != assertion.client())
        {
            return Err(Error::Client("client_id is another client"));
        }
        let unknown = || Error::Client("no such client, or its key is not registered");
        let id: AccountId = assertion.client().parse().map_err(|_| unknown())?;
        let registered = self.tokens.registered(id).ok_or_else(unknown)?;
        if let Some(since) = registered.remembered_since {
            assertion.check_unused_before(since)?;
        }
        let assertion_id = match assertion.verify(&registered.keys) {
            Ok(id) => id,
            Err(error) => {
                self.client_failed(id, SignInFailure::WrongFactor, caller)
                    .await?;
                return Err(error);
            }
        };
        let member = self.member(id).ok_or_else(unknown)?;
        let account = member.account();
        let ended = account
            .service
            .as_ref()
            .is_none_or(|service| service.expires <= self.now());
        if account.suspended || ended {
            self.client_failed(id, SignInFailure::Suspended, caller)
                .await?;
            return Err(Error::Client(
                "the client is suspended, or its registration has ended",
            ));
        }
        Ok((member, assertion_id))
    }

    async fn client_failed(
        &self,
        id: AccountId,
        reason: SignInFailure,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let Some(member) = self.member(id) else {
            return Ok(());
        };
        self.write_down(member.account().organisation(), Some(id), reason, caller)
            .await
    }
}
