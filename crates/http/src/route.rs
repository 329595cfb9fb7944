//! One declaration a route: method, path, action, and what must be proved.

use std::{fmt, pin::Pin, sync::Arc};

use hyper::Method;

use crate::{Answer, AssuredRequest, Events, HttpError, PublicRequest};

/// Body of a form or a small JSON message, in bytes: what a route takes if it does not say.
const FORM_BYTES: usize = 64 * 1024;

type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;
type Streaming = Pin<Box<dyn Future<Output = Result<Events, HttpError>> + Send>>;

/// A route of the server. What is not declared as one does not exist.
///
/// A pattern is made of literal segments, `{name}` for exactly one segment, and, last,
/// `{name...}` for all that remain. A literal wins over a parameter.
pub struct Route {
    pub(crate) method: Method,
    pub(crate) pattern: &'static str,
    pub(crate) guard: Guard,
    pub(crate) handler: Handler,
    pub(crate) body_limit: usize,
    pub(crate) only_reads: bool,
    pub(crate) cross_origin: bool,
}

/// What a request must prove before a route's handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing. The handler is given no [`Assured`](ward_identity::Assured), so no door to data.
    Public {
        /// Why nothing need be proved.
        reason: &'static str,
    },
    /// A session or a service with its factors proved.
    Assured {
        /// What the route does, in one word or two.
        action: &'static str,
        /// The one credential that is taken.
        credential: Credential,
    },
}

/// What carries the proof. A route takes one kind and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The cookie of a person's session: pages.
    Session,
    /// A token bound to a key, with a proof of that key (RFC 9449): the API. A device's is not
    /// taken.
    Dpop,
    /// The same, of a person who asks by their command line: administration. It opens no record,
    /// and no other token opens what it does.
    Manage,
    /// The same, of a device alone.
    Device,
}

impl Credential {
    /// Its name, for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Dpop => "dpop",
            Self::Manage => "manage",
            Self::Device => "device",
        }
    }
}

/// A route as an inventory shows it, those that exist by rule included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The method.
    pub method: Method,
    /// The pattern of its path.
    pub pattern: &'static str,
    /// What must be proved.
    pub guard: Guard,
    /// Whether it changes nothing, and so ends when its caller goes.
    pub only_reads: bool,
    /// Whether its answer goes on until its caller goes, or what was proved stands no more.
    pub is_stream: bool,
}

#[derive(Clone)]
pub(crate) enum Handler {
    Public(Arc<dyn Fn(PublicRequest) -> Answering + Send + Sync>),
    Assured(Arc<dyn Fn(AssuredRequest) -> Answering + Send + Sync>),
    Stream(Arc<dyn Fn(Arc<AssuredRequest>) -> Streaming + Send + Sync>),
}

impl Route {
    /// A route that anyone may use, with the reason why.
    pub fn public<H, F>(
        method: Method,
        pattern: &'static str,
        reason: &'static str,
        handler: H,
    ) -> Self
    where
        H: Fn(PublicRequest) -> F + Send + Sync + 'static,
        F: Future<Output = Answer> + Send + 'static,
    {
        let handler = Handler::Public(Arc::new(move |request| Box::pin(handler(request))));
        Self::new(method, pattern, Guard::Public { reason }, handler)
    }

    /// A route for those who have proved who they are, by `credential`.
    pub fn assured<H, F>(
        method: Method,
        pattern: &'static str,
        action: &'static str,
        credential: Credential,
        handler: H,
    ) -> Self
    where
        H: Fn(AssuredRequest) -> F + Send + Sync + 'static,
        F: Future<Output = Answer> + Send + 'static,
    {
        let handler = Handler::Assured(Arc::new(move |request| Box::pin(handler(request))));
        Self::new(
            method,
            pattern,
            Guard::Assured { action, credential },
            handler,
        )
    }

    /// A stream of events (HTML, server-sent events) for those who have proved who they are. The
    /// server asks again twice a second whether what was proved still stands, and ends the stream
    /// where it does not. That it goes on is no use of a session: an open page keeps none alive.
    pub fn stream<H, F>(
        pattern: &'static str,
        action: &'static str,
        credential: Credential,
        handler: H,
    ) -> Self
    where
        H: Fn(Arc<AssuredRequest>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Events, HttpError>> + Send + 'static,
    {
        let handler = Handler::Stream(Arc::new(move |request| Box::pin(handler(request))));
        let guard = Guard::Assured { action, credential };
        Self::new(Method::GET, pattern, guard, handler)
    }

    fn new(method: Method, pattern: &'static str, guard: Guard, handler: Handler) -> Self {
        let takes_body = [Method::POST, Method::PUT, Method::PATCH].contains(&method);
        let body_limit = if takes_body { FORM_BYTES } else { 0 };
        let only_reads = method.is_safe();
        Self {
            method,
            pattern,
            guard,
            handler,
            body_limit,
            only_reads,
            cross_origin: false,
        }
    }

    /// Lets pages of apps that work ask from a browser (CORS), without cookies. Without it: none.
    #[must_use]
    pub fn cross_origin(mut self) -> Self {
        self.cross_origin = true;
        self
    }

    /// Takes bodies of up to so many bytes. Without it: 64 KiB for POST, PUT and PATCH, none for
    /// the others.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Says of a POST that it changes nothing: a search whose parameters stand in the body. Like a
    /// GET it then ends when its caller goes, where a change runs to its end.
    #[must_use]
    pub fn only_reads(mut self) -> Self {
        self.only_reads = true;
        self
    }

    pub(crate) const fn is_stream(&self) -> bool {
        matches!(self.handler, Handler::Stream(_))
    }

    /// The route as an inventory shows it.
    pub fn listed(&self) -> Listed {
        Listed {
            method: self.method.clone(),
            pattern: self.pattern,
            guard: self.guard,
            only_reads: self.only_reads,
            is_stream: self.is_stream(),
        }
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.pattern, self.guard)
    }
}

/// Makes a handler of a function that takes shared state first:
/// `Route::public(GET, "/sign-in", "...", with(&state, sign_in::show))`.
pub fn with<S, R, F>(
    state: &Arc<S>,
    handler: impl Fn(Arc<S>, R) -> F + Send + Sync + 'static,
) -> impl Fn(R) -> F + Send + Sync + 'static
where
    S: Send + Sync + 'static,
{
    let state = Arc::clone(state);
    move |request| handler(Arc::clone(&state), request)
}
