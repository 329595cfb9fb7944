//! Asking a provider over HTTPS. Identity has no HTTP: whoever wires it up lends it some.

use std::{future::Future, pin::Pin};

use ward_core::Secret;

/// A request to a provider.
#[derive(Debug, Clone, Copy)]
pub enum Ask<'a> {
    /// `GET`, of JSON.
    Get {
        /// An `https` URL.
        url: &'a str,
    },
    /// `POST` of a form, answered by JSON.
    Form {
        /// An `https` URL.
        url: &'a str,
        /// The fields, not yet encoded.
        fields: &'a [(&'static str, Secret<String>)],
    },
}

/// What came back.
#[derive(Debug)]
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The body: of [`ward_core::limits::PROVIDER_ANSWER_BYTES`] at most.
    pub body: Vec<u8>,
}

/// Nothing came back that could be read. Carries no text of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the other server did not answer: {0}")]
pub struct FetchFailed(pub &'static str);

/// What an implementation answers with.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Fetched, FetchFailed>> + Send + 'a>>;

/// Asks other servers. An implementation checks their certificates, follows no redirect, and reads
/// no more and waits no longer than [`ward_core::limits`] say.
pub trait Fetch: Send + Sync {
    /// Asks once.
    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Fetching<'a>;
}

/// No way out: federation is refused.
pub(crate) struct NoFetch;

impl Fetch for NoFetch {
    fn fetch<'a>(&'a self, _ask: Ask<'a>) -> Fetching<'a> {
        Box::pin(async { Err(FetchFailed("there is no way out of here")) })
    }
}
