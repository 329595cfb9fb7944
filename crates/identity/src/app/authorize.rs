//! Authorization requests: read, pushed, and begun (RFC 6749 4.1.1; RFC 7636; RFC 9126).

use std::{sync::Arc, time::Duration};

use ward_core::{AppId, Ods, limits};

use super::{
    AppScopes,
    client::{Client, PushedRequest},
    consent::Asking,
    redirect::with_parameters,
    wanted::Wanted,
};
use crate::{
    Caller, Error, Identity,
    service::{ClientAuthentication, Thumbprint, decode, one},
};

/// Parameters as they were sent.
pub(crate) type Pairs = Vec<(String, String)>;

/// What stands before the id of a pushed request (RFC 9126 2.2).
const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";

/// A request that was pushed.
#[derive(Debug)]
pub struct Pushed {
    /// `request_uri`: works once.
    pub request_uri: String,
    /// `expires_in`
    pub expires_in: Duration,
}

/// What becomes of an authorization request.
#[derive(Debug)]
pub enum Begun {
    /// A person decides: the name of the request, which is unguessable.
    Ask(String),
    /// The app is told what is wrong, at this URL of its own.
    Back(String),
}

/// Why a request can't go on.
enum Fault {
    /// Nobody is sent anywhere: who asks is not known, or not where they are answered.
    Stop(&'static str),
    /// The app is told.
    Back(&'static str, &'static str),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stop(what) | Fault::Back("invalid_request", what) => Self::TokenRequest(what),
            Fault::Back("invalid_scope", _) => Self::NoScope,
            Fault::Back(code, what) => Self::Authorization { code, what },
        }
    }
}

impl Identity {
    /// Takes a request that an app pushes, after authenticating the app. `key` is the proof of the
    /// key that its tokens shall be bound to, made for `url` (RFC 9449 10.1); `base` gives the FHIR
    /// base of an organisation.
    ///
    /// # Errors
    /// [`Error::Client`], [`Error::Proof`], [`Error::TokenRequest`], [`Error::NoScope`],
    /// [`Error::UnauthorizedClient`].
    pub async fn push_authorization(
        &self,
        pairs: &[(String, String)],
        proof: Option<&str>,
        (url, base): (&str, &(dyn Fn(&Ods) -> String + Sync)),
        caller: &Caller<'_>,
    ) -> Result<Pushed, Error> {
        if one(pairs, "request_uri")?.is_some() {
            return Err(Error::TokenRequest("a pushed request is no request_uri"));
        }
        let proved = proof.map(|proof| self.check_proof_at(proof, url));
        let proved = proved.transpose()?;
        let authentication = ClientAuthentication::from_form(pairs)?;
        let audiences = [&*self.token_url, &*self.issuer, url];
        let client = self
            .authenticate_app(&authentication, &audiences, caller)
            .await?;
        let key = if let Some((key, unspent)) = &proved {
            self.spend(key, unspent)?;
            Some(key.key.thumbprint)
        } else {
            None
        };
        // Read now, so that the app learns at once what is wrong.
        self.read(&client, pairs, base, key)?;
        let app = client.app().id;
        let state = PushedRequest {
            app,
            pairs: pairs.to_vec(),
            key,
        };
        let owner = u128::from_be_bytes(*app.as_bytes());
        let id = self
            .apps
            .pushed
            .start(owner, state, self.now(), &*self.random);
        Ok(Pushed {
            request_uri: format!("{REQUEST_URI}{id}"),
            expires_in: limits::PUSHED_REQUEST,
        })
    }

    /// Begins what an app asks for in a browser, where nobody is known yet.
    ///
    /// # Errors
    /// [`Error::TokenRequest`] where the app, or where it is answered, is not as registered: then
    /// the person is told, and sent nowhere.
    pub fn begin_authorization(
        &self,
        pairs: &[(String, String)],
        base: &(dyn Fn(&Ods) -> String + Sync),
    ) -> Result<Begun, Error> {
        let unknown = || Error::TokenRequest("no such app, or it may not be used");
        let id: AppId = one(pairs, "client_id")?
            .and_then(|id| id.parse().ok())
            .ok_or_else(unknown)?;
        let client = self.working_app(id).ok_or_else(unknown)?;
        let pushed;
        let (pairs, key) = match one(pairs, "request_uri")? {
            Some(uri) => {
                let dead = || Error::TokenRequest("the pushed request was used, or took too long");
                let name = uri.strip_prefix(REQUEST_URI).ok_or_else(dead)?;
                let taken = self.apps.pushed.take(name, self.now()).ok_or_else(dead)?;
                pushed = Some(taken).filter(|pushed| pushed.app == id);
                let pushed = pushed.as_ref().ok_or_else(dead)?;
                (&*pushed.pairs, pushed.key)
            }
            // What can't be kept from changing on its way is not taken from an app that could push
            // it with its key.
            None if client.keys.is_some() => {
                return Err(Error::TokenRequest("this app pushes its requests first"));
            }
            None => (pairs, None),
        };
        match self.read(&client, pairs, base, key) {
            Ok(asking) => {
                let owner = u128::from_be_bytes(*id.as_bytes());
                let now = self.now();
                Ok(Begun::Ask(self.apps.asking.start(
                    owner,
                    asking,
                    now,
                    &*self.random,
                )))
            }
            Err(Fault::Back(code, what)) => {
                let redirect = one(pairs, "redirect_uri")?.unwrap_or_default();
                let state = one(pairs, "state").ok().flatten();
                let told = [("error", code), ("error_description", what)];
                self.back(redirect, &told, state).map(Begun::Back)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// An app's URL with an answer: with `state` as it was sent, and who answers (RFC 9207).
    pub(crate) fn back(
        &self,
        redirect: &str,
        answer: &[(&str, &str)],
        state: Option<&str>,
    ) -> Result<String, Error> {
        let state = state.map(|state| ("state", state));
        let parameters: Vec<_> = answer
            .iter()
            .copied()
            .chain(state)
            .chain([("iss", &*self.issuer)])
            .collect();
        with_parameters(redirect, &parameters)
    }

    pub(crate) fn working_app(&self, id: AppId) -> Option<Arc<Client>> {
        let client = self.apps.get(id)?;
        client.app().works(self.now()).then_some(client)
    }

    fn read(
        &self,
        client: &Arc<Client>,
        pairs: &[(String, String)],
        base: &(dyn Fn(&Ods) -> String + Sync),
        key: Option<Thumbprint>,
    ) -> Result<Asking, Fault> {
        let app = client.app();
        let redirect_uri = one(pairs, "redirect_uri").ok().flatten();
        let registered = |asked: &&str| app.redirect_uris.iter().any(|uri| uri.allows(asked));
        let redirect_uri = redirect_uri
            .filter(registered)
            .ok_or(Fault::Stop("redirect_uri is not as it was registered"))?;
        let bad = |what| Fault::Back("invalid_request", what);
        let field = |name| one(pairs, name).map_err(|_| bad("a parameter was sent twice"));
        match field("response_type")? {
            Some("code") => {}
            Some(_) => {
                return Err(Fault::Back(
                    "unsupported_response_type",
                    "response_type must be code",
                ));
            }
            None => return Err(bad("response_type is missing")),
        }
        if field("request")?.is_some() || field("response_mode")?.is_some_and(|it| it != "query") {
            return Err(bad(
                "request objects and other response modes are not taken",
            ));
        }
        // RFC 7636 4.3; `plain` protects nothing that the code doesn't.
        if field("code_challenge_method")? != Some("S256") {
            return Err(bad("PKCE with S256 is asked for"));
        }
        let challenge = field("code_challenge")?
            .and_then(decode)
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or(bad("code_challenge must be a SHA-256 in base64url"))?;
        let named = field("dpop_jkt")?.map(|text| {
            decode(text)
                .and_then(|bytes| bytes.try_into().ok())
                .map(Thumbprint)
                .ok_or(bad("dpop_jkt must be a SHA-256 in base64url"))
        });
        let named = named.transpose()?;
        if matches!((named, key), (Some(named), Some(key)) if named != key) {
            return Err(bad("dpop_jkt is another key than the proof's"));
        }
        let base = base(&app.organisation);
        let audience = field("aud")?.map(|aud| aud.strip_suffix('/').unwrap_or(aud));
        if audience != Some(&*base) {
            return Err(bad("aud must be the FHIR base of the app's organisation"));
        }
        let state = field("state")?;
        if state.is_some_and(|state| state.len() > limits::AUTHORIZATION_STATE_BYTES) {
            return Err(bad("state is too long"));
        }
        let no_scope = |_| Fault::Back("invalid_scope", "a scope can't be read");
        let scopes = AppScopes::parse(field("scope")?.unwrap_or_default()).map_err(no_scope)?;
        let scopes = scopes.granted_by(&app.scopes);
        if scopes.resources.is_empty() {
            let what = "no scope that was asked for is registered";
            return Err(Fault::Back("invalid_scope", what));
        }
        let wanted = Wanted::read(
            field("max_age")?,
            field("acr_values")?,
            field("prompt")?,
            self.now(),
        );
        let wanted = wanted.map_err(|(code, what)| Fault::Back(code, what))?;
        let launch = field("launch")?
            .map(|handle| {
                let launch = self.apps.launches.take(handle, self.now());
                launch
                    .filter(|launch| launch.app == app.id)
                    .ok_or(bad("the launch was used, or took too long"))
            })
            .transpose()?;
        if scopes.launch && launch.is_none() && !scopes.launch_patient {
            return Err(bad("the scope launch needs a launch of Ward"));
        }
        Ok(Asking {
            client: Arc::clone(client),
            redirect_uri: redirect_uri.into(),
            state: state.map(Into::into),
            challenge,
            key: named.or(key),
            scopes,
            wanted,
            lineage: launch.as_ref().map(|launch| launch.lineage),
            from_launch: launch.is_some(),
            patient: launch.map(|launch| launch.patient),
        })
    }
}
