//! Who a client is: by an assertion under its registered key, or, of a public app, by its id and
//! the key that its tokens are bound to (RFC 6749 2.3; RFC 7523; RFC 9449).

use std::sync::Arc;

use ward_core::{AccountId, AppId, Ods};
use ward_log::SignInFailure;

use super::{
    assertion::{self, Assertion},
    replay::Use,
    token_endpoint::one,
};
use crate::{Caller, Error, Identity, account::Member, app::Client};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client says who it is.
#[derive(Debug)]
pub(crate) struct ClientAuthentication {
    assertion: Option<String>,
    id: Option<String>,
}

/// A client that is known.
pub(crate) enum Authenticated {
    Service(Arc<Member>),
    App(Arc<Client>),
}

impl Authenticated {
    /// Whose it is.
    pub(crate) fn organisation(&self) -> Ods {
        match self {
            Self::Service(member) => member.account().organisation().clone(),
            Self::App(client) => client.app().organisation.clone(),
        }
    }
}

impl ClientAuthentication {
    /// Reads the fields of the form.
    ///
    /// # Errors
    /// [`Error::TokenRequest`].
    pub(crate) fn from_form(pairs: &[(String, String)]) -> Result<Self, Error> {
        if one(pairs, "client_secret")?.is_some() {
            return Err(Error::TokenRequest(
                "Ward knows no client secrets; take it out of use",
            ));
        }
        let assertion = one(pairs, "client_assertion")?;
        let kind = one(pairs, "client_assertion_type")?;
        if kind.is_some_and(|kind| kind != ASSERTION_TYPE) || assertion.is_some() != kind.is_some()
        {
            return Err(Error::TokenRequest(
                "client_assertion_type must be jwt-bearer, with a client_assertion",
            ));
        }
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        Ok(Self {
            assertion: owned(assertion),
            id: owned(one(pairs, "client_id")?),
        })
    }

    /// `client_id`, as it was sent.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(crate) const fn has_assertion(&self) -> bool {
        self.assertion.is_some()
    }
}

impl Identity {
    /// Authenticates a client: a public app by its id alone.
    pub(crate) async fn authenticate_client(
        &self,
        authentication: &ClientAuthentication,
        audiences: &[&str],
        caller: &Caller<'_>,
    ) -> Result<Authenticated, Error> {
        if authentication.has_assertion() {
            return self
                .authenticate_confidential(authentication, audiences, caller)
                .await;
        }
        let unknown = Error::Client("no such client, or it must authenticate with its key");
        let id = authentication.id.as_deref().and_then(|id| id.parse().ok());
        let client = id.and_then(|id| self.working_app(id));
        let public = client.filter(|client| client.keys.is_none());
        public.map(Authenticated::App).ok_or(unknown)
    }

    /// Authenticates an app.
    pub(crate) async fn authenticate_app(
        &self,
        authentication: &ClientAuthentication,
        audiences: &[&str],
        caller: &Caller<'_>,
    ) -> Result<Arc<Client>, Error> {
        let client = self.authenticate_client(authentication, audiences, caller);
        match client.await? {
            Authenticated::App(client) => Ok(client),
            Authenticated::Service(_) => Err(Error::UnauthorizedClient("a service is no app")),
        }
    }

    /// Authenticates a client that has a registered key; its assertion is used up.
    pub(crate) async fn authenticate_confidential(
        &self,
        authentication: &ClientAuthentication,
        audiences: &[&str],
        caller: &Caller<'_>,
    ) -> Result<Authenticated, Error> {
        let (client, assertion) = self
            .check_assertion(authentication, audiences, caller)
            .await?;
        self.spend_assertion(&client, &assertion, caller).await?;
        Ok(client)
    }

    /// The client that an assertion is of, and the assertion's id, not yet used up.
    pub(crate) async fn check_assertion(
        &self,
        authentication: &ClientAuthentication,
        audiences: &[&str],
        caller: &Caller<'_>,
    ) -> Result<(Authenticated, Vec<u8>), Error> {
        let missing = Error::TokenRequest("client_assertion is missing");
        let text = authentication.assertion.as_deref().ok_or(missing)?;
        let expected = assertion::Expected {
            audiences,
            now: self.now(),
        };
        let assertion = Assertion::read(text, &expected)?;
        if authentication
            .id
            .as_deref()
            .is_some_and(|id| id != assertion.client())
        {
            return Err(Error::Client("client_id is another client"));
        }
        let unknown = || Error::Client("no such client, or its key is not registered");
        let app: AppId = assertion.client().parse().map_err(|_| unknown())?;
        let account = AccountId::from_bytes(*app.as_bytes());
        let service = self.tokens.registered(account).zip(self.member(account));
        let app = self.apps.get(app);
        let (client, keys, since) = match (service, app) {
            (Some((registered, member)), _) => (
                Authenticated::Service(member),
                registered.keys,
                registered.remembered_since,
            ),
            (None, Some(client)) => {
                let keys = client.keys.clone().ok_or_else(unknown)?;
                let since = client.remembered_since;
                (Authenticated::App(client), keys, since)
            }
            (None, None) => return Err(unknown()),
        };
        if let Some(since) = since {
            assertion.check_unused_before(since)?;
        }
        let id = match assertion.verify(&keys) {
            Ok(id) => id,
            Err(error) => {
                self.client_failed(&client, SignInFailure::WrongFactor, caller)
                    .await?;
                return Err(error);
            }
        };
        if !self.works(&client) {
            self.client_failed(&client, SignInFailure::Suspended, caller)
                .await?;
            return Err(Error::Client(
                "the client is suspended or not approved, or its registration has ended",
            ));
        }
        Ok((client, id))
    }

    /// Uses an assertion up.
    pub(crate) async fn spend_assertion(
        &self,
        client: &Authenticated,
        assertion: &[u8],
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let owner = match client {
            Authenticated::Service(member) => *member.account().id.as_bytes(),
            Authenticated::App(client) => *client.app().id.as_bytes(),
        };
        let used = self.tokens.assertions.once(&owner, assertion, self.now());
        if used == Use::First {
            return Ok(());
        }
        self.client_failed(client, SignInFailure::Replayed, caller)
            .await?;
        Err(Error::Client("the assertion was used before"))
    }

    fn works(&self, client: &Authenticated) -> bool {
        let now = self.now();
        match client {
            Authenticated::App(client) => client.app().works(now),
            Authenticated::Service(member) => {
                let account = member.account();
                let in_force = |service: &crate::ServiceAccount| {
                    service.approved_by.is_some() && service.expires > now
                };
                let paired = account.device.as_ref().is_some_and(|of| !of.unpaired);
                !account.suspended && (paired || account.service.as_ref().is_some_and(in_force))
            }
        }
    }

    async fn client_failed(
        &self,
        client: &Authenticated,
        reason: SignInFailure,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let (organisation, account) = match client {
            Authenticated::Service(member) => {
                let account = member.account();
                (account.organisation().clone(), Some(account.id))
            }
            Authenticated::App(client) => (client.app().organisation.clone(), None),
        };
        self.write_down(&organisation, account, reason, caller)
            .await
    }
}
