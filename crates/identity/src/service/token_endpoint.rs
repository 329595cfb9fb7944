//! What `/oauth/token` does, and what its tokens open (RFC 6749 4.4; RFC 7523; RFC 9449; SMART App
//! Launch 2.2, Backend Services).

use std::{net::IpAddr, sync::Arc, time::Duration};

use ward_core::{PatientId, Secret, SessionId, Timestamp, limits};
use ward_log::{Actor, Event, Factors};

use super::{
    client_authentication::{Authenticated, ClientAuthentication},
    dpop::{self, BoundKey, Unspent},
    replay::Use,
    tokens::Grant,
};
use crate::{
    Account, AppScopes, Assured, Caller, Error, Identity, Scopes,
    app::{self, CodeRequest, RefreshRequest, UsedRecord},
    assured::Proof,
    command_line::DeviceRequest,
    ledger::Changes,
    token::{TokenHash, new_token},
};

/// A request to the token endpoint.
#[derive(Debug)]
pub struct TokenRequest {
    client: ClientAuthentication,
    asked: Asked,
}

/// The grants that there are: no password, nothing implicit, no exchange of tokens.
#[derive(Debug)]
enum Asked {
    Service(Scopes),
    Paired,
    Code(CodeRequest),
    Refresh(RefreshRequest),
    Device(DeviceRequest),
}

/// What `grant_type` is called where a command line asks (RFC 8628 3.4).
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const GRANT_TYPES: [&str; 4] = [
    "client_credentials",
    "authorization_code",
    "refresh_token",
    DEVICE_CODE,
];
/// What a device asks for: to be known as one. It opens nothing else.
const DEVICE: &str = "ward/device";

/// A token that was issued, to be sent as JSON (RFC 6749 5.1).
#[derive(Debug)]
pub struct AccessToken {
    /// `access_token`
    pub token: Secret<String>,
    /// `expires_in`
    pub expires_in: Duration,
    /// `scope`: what was granted, which may be less than what was asked for.
    pub scope: String,
    /// `refresh_token`, which works once.
    pub refresh_token: Option<Secret<String>>,
    /// `patient`: whom the app was opened for (SMART App Launch 2.2, launch context).
    pub patient: Option<PatientId>,
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
        let grant_type = one(pairs, "grant_type")?;
        let grant_type = grant_type.ok_or(Error::TokenRequest("grant_type is missing"))?;
        let needed = |name, missing| {
            let value = one(pairs, name)?;
            Ok::<_, Error>(value.ok_or(Error::TokenRequest(missing))?.to_owned())
        };
        if !GRANT_TYPES.contains(&grant_type) {
            return Err(Error::GrantType);
        }
        let client = ClientAuthentication::from_form(pairs)?;
        let scope = one(pairs, "scope")?;
        let asked = match grant_type {
            "authorization_code" => Asked::Code(CodeRequest {
                code: needed("code", "code is missing")?,
                redirect_uri: needed("redirect_uri", "redirect_uri is missing")?,
                verifier: needed("code_verifier", "code_verifier is missing")?,
            }),
            "refresh_token" => Asked::Refresh(RefreshRequest {
                token: needed("refresh_token", "refresh_token is missing")?,
                scopes: scope.map(AppScopes::parse).transpose()?,
            }),
            DEVICE_CODE => Asked::Device(DeviceRequest {
                device_code: needed("device_code", "device_code is missing")?,
            }),
            _ if !client.has_assertion() => {
                return Err(Error::TokenRequest("client_assertion is missing"));
            }
            _ if scope == Some(DEVICE) => Asked::Paired,
            _ => Asked::Service(Scopes::parse(scope.ok_or(Error::NoScope)?)?),
        };
        Ok(Self { client, asked })
    }
}

/// A parameter's value; sent twice it is an error, and empty it counts as not sent.
pub(crate) fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Error> {
    let mut found = pairs.iter().filter(|(known, _)| known == name);
    let value = found.next().map(|(_, value)| value.as_str());
    if found.next().is_some() {
        return Err(Error::TokenRequest("a parameter was sent twice"));
    }
    Ok(value.filter(|value| !value.is_empty()))
}

impl Identity {
    /// Issues a token, bound to the key of its DPoP proof: to a service or an app that
    /// authenticates with its registered key, or to a public app for a code or refresh token.
    ///
    /// # Errors
    /// [`Error::Client`], [`Error::Proof`], [`Error::NoScope`], [`Error::Grant`],
    /// [`Error::UnauthorizedClient`], [`Error::Store`].
    pub async fn token(
        &self,
        request: &TokenRequest,
        proof: Option<&str>,
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        let proof = proof.ok_or(Error::Proof("a DPoP proof is asked for"))?;
        let proved = self.check_proof_at(proof, &self.token_url)?;
        let (client, audiences) = (&request.client, [&*self.token_url]);
        match &request.asked {
            Asked::Service(scopes) => {
                self.client_token(client, Some(scopes), proved, caller)
                    .await
            }
            Asked::Paired => self.client_token(client, None, proved, caller).await,
            Asked::Code(code) => {
                let client = self.authenticate_app(client, &audiences, caller).await?;
                self.exchange_code(&client, code, proved, caller).await
            }
            Asked::Device(device) => {
                self.exchange_device_code(client, device, proved, caller)
                    .await
            }
            Asked::Refresh(refresh) => {
                let client = self.authenticate_app(client, &audiences, caller).await?;
                self.exchange_refresh(&client, refresh, proved, caller)
                    .await
            }
        }
    }

    /// A token of a service's or a device's own.
    async fn client_token(
        &self,
        client: &ClientAuthentication,
        scopes: Option<&Scopes>,
        (key, unspent): (BoundKey, Unspent),
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        let audiences = [&*self.token_url];
        let (client, assertion) = self.check_assertion(client, &audiences, caller).await?;
        let Authenticated::Service(member) = &client else {
            return Err(Error::UnauthorizedClient("an app acts for a person"));
        };
        let member = Arc::clone(member);
        let account = member.account();
        let (scopes, scope, expires) = self.granted(&account, scopes, &key)?;
        self.spend_assertion(&client, &assertion, caller).await?;
        self.spend(&key, &unspent)?;
        let now = self.now();
        let (token, hash) = new_token(&*self.random);
        let factors = Factors::CLIENT_KEY.with(Factors::DPOP);
        let session = SessionId::random(&*self.random);
        let proof = Proof {
            session,
            lineage: session,
            factors,
            at: now,
        };
        let actor = Actor {
            account: account.id,
            session: Some(proof.session),
            factors,
            address: caller.address,
        };
        let id = *account.id.as_bytes();
        let at_micros = now.as_micros();
        let changes = Changes::default()
            .put(app::used(id), &UsedRecord { at_micros })?
            .event(Event::SignIn);
        self.commit(account.organisation(), Some(actor), caller.request, changes)
            .await?;
        self.used.set(id, now);
        let grant = Grant {
            member,
            proof,
            scopes: Arc::new(scopes),
            expires,
            key,
        };
        self.tokens.insert(account.id, hash, grant);
        Ok(AccessToken {
            token,
            expires_in: expires.since(now),
            scope,
            refresh_token: None,
            patient: None,
        })
    }

    /// What a client's own token lets it do, in words, too, and until when: of a service what it may
    /// ask for, of a device nothing, and with its own key alone.
    fn granted(
        &self,
        account: &Account,
        asked: Option<&Scopes>,
        key: &BoundKey,
    ) -> Result<(Scopes, String, Timestamp), Error> {
        let now = self.now();
        match (&account.service, &account.device, asked) {
            (Some(service), _, Some(asked)) => {
                let scopes = asked.granted_by(&service.scopes);
                if scopes.is_empty() {
                    return Err(Error::NoScope);
                }
                let (text, end) = (scopes.to_string(), now + limits::SERVICE_TOKEN);
                Ok((scopes, text, end.min(service.expires)))
            }
            (None, Some(_), None) => {
                let own = self.tokens.registered(account.id);
                if !own.is_some_and(|own| own.keys.holds(&key.key.thumbprint)) {
                    return Err(Error::Proof("not of the device's own key"));
                }
                let end = now + limits::DEVICE_TOKEN;
                Ok((Scopes::default(), DEVICE.to_owned(), end))
            }
            _ => Err(Error::NoScope),
        }
    }

    /// Whose token it is, a service's, a device's, or a person's through an app or a command line, for
    /// one request that it proves to have made itself. `url` is the request's URL as the server knows
    /// it, without a query.
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
        let now = self.now();
        let expected = dpop::Expected {
            method,
            url,
            now,
            token: Some(&hash.0),
        };
        let Some(grant) = self.tokens.get(&hash) else {
            let connected = self.authenticate_command_line(&hash, proof, &expected, address);
            if let Some(proved) = connected {
                return proved;
            }
            return self.authenticate_app_token(&hash, proof, &expected, address);
        };
        if grant.expires <= now {
            return Err(Error::AccessToken);
        }
        let unspent = grant.key.verify(proof, &expected)?;
        self.spend(&grant.key, &unspent)?;
        let scopes = Arc::clone(&grant.scopes);
        let assured = Assured::new(grant.member.account(), grant.proof, scopes, address);
        assured.ok_or(Error::AccessToken)
    }

    /// Checks a proof of a new key, made for a POST to `url`.
    pub(crate) fn check_proof_at(
        &self,
        proof: &str,
        url: &str,
    ) -> Result<(BoundKey, Unspent), Error> {
        dpop::verify_new(
            proof,
            &dpop::Expected {
                method: "POST",
                url,
                now: self.now(),
                token: None,
            },
        )
    }

    /// Uses a proof's id up.
    pub(crate) fn spend(&self, key: &BoundKey, Unspent(id): &Unspent) -> Result<(), Error> {
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
}
