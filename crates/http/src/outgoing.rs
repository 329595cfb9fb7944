//! Requests that Ward makes itself: to the OpenID providers of organisations, and to nobody else.

use std::sync::OnceLock;

use reqwest::{Client, RequestBuilder, redirect::Policy};
use rustls::crypto::aws_lc_rs::default_provider;
use ward_core::limits;
use ward_identity::{Ask, Fetch, FetchFailed, Fetched, Fetching};

/// Asks over HTTPS, of servers whose certificates the system trusts. No redirect is followed: an
/// address that was checked must be the one that is asked.
#[derive(Debug, Default)]
pub struct Outgoing(OnceLock<Option<Client>>);

impl Outgoing {
    /// Made with the first request: most Wards never make one.
    fn client(&self) -> Result<&Client, FetchFailed> {
        let client = self.0.get_or_init(|| {
            // It stays as it is where the process has one.
            let _ = default_provider().install_default();
            Client::builder()
                .https_only(true)
                .redirect(Policy::none())
                .timeout(limits::PROVIDER_ANSWER)
                .user_agent("ward")
                .build()
                .inspect_err(|error| tracing::error!(%error, "no client for HTTPS"))
                .ok()
        });
        client.as_ref().ok_or(FetchFailed("no client for HTTPS"))
    }
}

impl Fetch for Outgoing {
    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Fetching<'a> {
        Box::pin(async move {
            let client = self.client()?;
            match ask {
                Ask::Get { url } => answer(client.get(url)).await,
                Ask::Form { url, fields } => {
                    let fields: Vec<_> = fields
                        .iter()
                        .map(|(name, value)| (*name, value.expose().as_str()))
                        .collect();
                    answer(client.post(url).form(&fields)).await
                }
            }
        })
    }
}

/// An answer within its limits. Errors of the client name the URL, and so are not passed on.
async fn answer(request: RequestBuilder) -> Result<Fetched, FetchFailed> {
    let request = request.header("accept", "application/json");
    let mut response = request.send().await.map_err(|error| {
        FetchFailed(if error.is_timeout() {
            "too slow"
        } else if error.is_connect() {
            "no connection"
        } else {
            "no answer"
        })
    })?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|_| FetchFailed("broken off"))? else {
            return Ok(Fetched { status, body });
        };
        if body.len() + chunk.len() > limits::PROVIDER_ANSWER_BYTES {
            return Err(FetchFailed("too long"));
        }
        body.extend_from_slice(&chunk);
    }
}
