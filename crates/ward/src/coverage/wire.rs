//! Asking: over TLS, the server that was named and no other.

use std::{path::Path, time::Duration};

use reqwest::{Certificate, Client, Method, Response, header, redirect::Policy};

use super::held::{Held, Secret};
use crate::{error::Error, files};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of an answer is looked at, in bytes.
const BODY_BYTES: usize = 32 * 1024 * 1024;
/// How long an answer's body may take: a stream has no end.
const BODY_PATIENCE: Duration = Duration::from_secs(5);

/// The way to one server.
pub(crate) struct Wire {
    client: Client,
    /// What the server is called: in proofs, and as the host.
    origin: String,
    /// Where it is reached.
    base: String,
}

/// A whole answer.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// The way to `origin`, `https://host[:port]`. `authority` is the file of its certificate's
    /// authority, and then no other is taken.
    pub(crate) fn to(origin: &str, authority: Option<&Path>) -> Result<Self, Error> {
        let certificate = match authority {
            Some(path) => {
                let pem = files::read(path)?;
                Some(Certificate::from_pem(pem.as_bytes()).map_err(Error::told)?)
            }
            None => None,
        };
        let origin = origin.trim_end_matches('/');
        Self::reached_at(origin, origin, certificate)
    }

    /// The way to a server that is called something else where it is reached.
    pub(crate) fn reached_at(
        base: &str,
        origin: &str,
        authority: Option<Certificate>,
    ) -> Result<Self, Error> {
        if !base.starts_with("https://") {
            return Err(Error::Told(format!(
                "{base}: Ward is asked over https alone"
            )));
        }
        // Another part of the program may have chosen the same before.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut client = Client::builder()
            .no_proxy()
            .http1_only()
            .redirect(Policy::none())
            .timeout(PATIENCE);
        if let Some(authority) = authority {
            client = client.tls_certs_only([authority]);
        }
        Ok(Self {
            client: client.build().map_err(Error::told)?,
            origin: origin.to_owned(),
            base: base.to_owned(),
        })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Asks by a token, with a proof of its key.
    pub(crate) async fn as_held(
        &self,
        method: &str,
        path: &str,
        held: &Held,
        json: Option<String>,
    ) -> Result<Answered, Error> {
        let mut headers = Vec::new();
        if json.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        if let Secret::Token { token, key } = &held.secret {
            let url = format!("{}{path}", self.origin);
            headers.push(("authorization", format!("DPoP {token}")));
            headers.push(("dpop", key.proof(method, &url, Some(token))?));
        }
        self.ask(method, path, &headers, json.map(String::into_bytes))
            .await
    }

    /// Asks once.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&'static str, String)],
        body: Option<Vec<u8>>,
    ) -> Result<Answered, Error> {
        let method = Method::from_bytes(method.as_bytes()).map_err(Error::told)?;
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        let host = self.origin.trim_start_matches("https://");
        request = request.header(header::HOST, host);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        // Without the URL, which may name somebody.
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::told(error.without_url()))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answered {
            status,
            headers,
            body: body_of(answer).await,
        })
    }
}

/// What comes of the body within its limits. One that goes on is left.
async fn body_of(mut answer: Response) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > BODY_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(BODY_PATIENCE, read).await;
    body
}

impl Answered {
    pub(crate) fn header(&self, name: &header::HeaderName) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// The values of the cookies that it sets.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.filter_map(|line| {
            let pair = line.to_str().ok()?.split(';').next()?;
            pair.split_once('=')
        })
    }
}
