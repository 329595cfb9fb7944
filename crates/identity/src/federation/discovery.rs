//! What a provider says of itself, and its keys (OpenID Connect Discovery 1.0; RFC 8414), kept for
//! a while.

use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, PublicKeyUse};
use serde::{Deserialize, de::DeserializeOwned};
use ward_core::{Secret, Timestamp, limits};
use webauthn_rs::prelude::Url;

use super::{Ask, Fetched, Known};
use crate::{Error, Identity};

/// Where a provider is asked. Every address is `https`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    jwks_uri: String,
    /// RFC 9126 5.
    pub(crate) pushed_authorization_request_endpoint: Option<String>,
    /// RFC 9207 3.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// What was found, and when.
#[derive(Default)]
pub(crate) struct Discovered {
    metadata: Option<(Timestamp, Arc<Metadata>)>,
    keys: Option<(Timestamp, Arc<JwkSet>)>,
    /// When it last did not answer.
    failed: Option<Timestamp>,
}

impl Discovered {
    /// Whether it failed just now: it is left alone for a while.
    fn rests(&self, now: Timestamp) -> bool {
        self.failed
            .is_some_and(|at| now.since(at) < limits::PROVIDER_RETRY && at <= now)
    }
}

fn fresh<T>(kept: Option<&(Timestamp, Arc<T>)>, now: Timestamp) -> Option<Arc<T>> {
    let (at, found) = kept?;
    (*at <= now && now.since(*at) < limits::PROVIDER_KEPT).then(|| Arc::clone(found))
}

impl Identity {
    /// What a provider says of itself.
    ///
    /// # Errors
    /// [`Error::Provider`].
    pub(crate) async fn metadata(&self, known: &Known) -> Result<Arc<Metadata>, Error> {
        let mut discovered = known.discovered.lock().await;
        let now = self.now();
        if let Some(metadata) = fresh(discovered.metadata.as_ref(), now) {
            return Ok(metadata);
        }
        if discovered.rests(now) {
            return Err(Error::Provider("it did not answer a moment ago"));
        }
        let found = self.discover(&known.provider().issuer).await;
        match found {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                discovered.metadata = Some((now, Arc::clone(&metadata)));
                discovered.failed = None;
                Ok(metadata)
            }
            Err(error) => {
                discovered.failed = Some(now);
                Err(error)
            }
        }
    }

    async fn discover(&self, issuer: &str) -> Result<Metadata, Error> {
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        let url = format!("{base}/.well-known/openid-configuration");
        let metadata: Metadata = self.get(&url).await?;
        // Byte by byte: who answers for another must not be taken for it (Discovery 4.3).
        if metadata.issuer != issuer {
            return Err(Error::Provider("it says that it is another"));
        }
        let pushed = metadata.pushed_authorization_request_endpoint.as_deref();
        let addresses = [
            Some(&*metadata.authorization_endpoint),
            Some(&*metadata.token_endpoint),
            Some(&*metadata.jwks_uri),
            pushed,
        ];
        if addresses.into_iter().flatten().all(is_https) {
            return Ok(metadata);
        }
        Err(Error::Provider("one of its addresses is not https"))
    }

    /// The key that a token names. Keys are asked for anew where it is not among them, now and
    /// then: a provider changes its keys, and a stranger may name any.
    ///
    /// # Errors
    /// [`Error::Provider`]; [`Error::Vouching`] where there is no such key.
    pub(crate) async fn provider_key(
        &self,
        known: &Known,
        metadata: &Metadata,
        id: Option<&str>,
    ) -> Result<Jwk, Error> {
        let mut discovered = known.discovered.lock().await;
        let now = self.now();
        let kept = fresh(discovered.keys.as_ref(), now);
        if let Some(key) = kept.as_deref().and_then(|keys| find(keys, id)) {
            return Ok(key.clone());
        }
        let asked_at = discovered.keys.as_ref().map(|(at, _)| *at);
        let just_asked = asked_at.is_some_and(|at| now.since(at) < limits::PROVIDER_RETRY);
        if kept.is_some() && just_asked {
            return Err(Error::Vouching("no key of that name"));
        }
        if discovered.rests(now) {
            return Err(Error::Provider("it did not answer a moment ago"));
        }
        let keys: JwkSet = match self.get(&metadata.jwks_uri).await {
            Ok(keys) => keys,
            Err(error) => {
                discovered.failed = Some(now);
                return Err(error);
            }
        };
        let keys = Arc::new(keys);
        discovered.keys = Some((now, Arc::clone(&keys)));
        let key = find(&keys, id).cloned();
        key.ok_or(Error::Vouching("no key of that name"))
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, Error> {
        let answer = self.ask(Ask::Get { url }).await?;
        if answer.status != 200 {
            return Err(Error::Provider("it answered with an error"));
        }
        read(&answer.body)
    }

    /// Sends a form to a provider; gives the status, too.
    pub(crate) async fn post_to_provider(
        &self,
        url: &str,
        fields: &[(&'static str, Secret<String>)],
    ) -> Result<Fetched, Error> {
        self.ask(Ask::Form { url, fields }).await
    }

    /// Nobody waits for a place: a flood of strangers is told at once.
    async fn ask(&self, ask: Ask<'_>) -> Result<Fetched, Error> {
        let _place = self
            .federation
            .asking
            .try_acquire()
            .map_err(|_| Error::Busy)?;
        let answer = self.federation.fetch.fetch(ask).await;
        let answer = answer.map_err(|failed| {
            tracing::warn!(%failed, "a provider could not be asked");
            Error::Provider("it does not answer")
        })?;
        if answer.body.len() > limits::PROVIDER_ANSWER_BYTES {
            return Err(Error::Provider("it answers with too much"));
        }
        Ok(answer)
    }
}

pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|_| Error::Provider("its answer can't be read"))
}

fn is_https(url: &str) -> bool {
    let url = Url::parse(url).ok();
    url.is_some_and(|url| {
        url.scheme() == "https"
            && url.has_host()
            && url.username().is_empty()
            && url.fragment().is_none()
    })
}

/// A key for signatures, by its name, or where none is named, the only one.
fn find<'a>(keys: &'a JwkSet, id: Option<&str>) -> Option<&'a Jwk> {
    let usable = |key: &&Jwk| {
        let usage = key.common.public_key_use.as_ref();
        usage.is_none_or(|usage| *usage == PublicKeyUse::Signature)
            && !matches!(key.algorithm, AlgorithmParameters::OctetKey(_))
    };
    let named = |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
    let mut found = keys.keys.iter().filter(usable).filter(named);
    let key = found.next();
    key.filter(|_| id.is_some() || found.next().is_none())
}
