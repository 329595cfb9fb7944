//! From a request to its response: every step that comes before and after a handler.

use std::{
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use hyper::{
    Method, StatusCode,
    body::Incoming,
    header::{self, HeaderValue},
    http::request::Parts,
};
use tokio::{sync::watch, time::timeout};
use ward_core::{Clock, Random, RequestId, Timestamp, limits};
use ward_identity::Assured;

use crate::{
    Answer, AssuredRequest, Authenticate, Capacity, Credential, Events, HttpError, Inventory, Kind,
    Listed, Metrics, Origin, Pages, PublicRequest, Request, Response, Route, RouteError, Sockets,
    body::{self, Budget},
    credential::{self, Head},
    cross_origin, headers,
    metrics::name_of,
    path,
    render::Surface,
    response::{Body, EVENT_STREAM},
    route::{Guard, Handler},
    shares::{Caller, Full, Share, Shares},
    stream::{Live, Watch},
    table::{Found, Parameters, RouteTable},
};

/// What a request is called in logs and figures where no route answers it.
const NO_ROUTE: &str = "none";
/// Longest query that is looked at, in bytes: paging links seal the search that they go on with.
const QUERY_BYTES: usize = 48 * 1024;

/// What a server is made of, besides its routes.
pub struct Settings {
    /// Where it is.
    pub origin: Origin,
    /// Who says what a credential proves.
    pub authenticate: Arc<dyn Authenticate>,
    /// Who renders errors for people.
    pub pages: Arc<dyn Pages>,
    /// Where figures go.
    pub metrics: Arc<Metrics>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for request ids.
    pub random: Arc<dyn Random>,
    /// What the process listens on.
    pub sockets: Arc<Sockets>,
}

/// A server: the table of its routes, and all that guards them.
pub struct Server {
    table: RouteTable,
    inventory: Arc<Inventory>,
    settings: Settings,
    budget: Budget,
    capacity: Capacity,
    /// Handlers of those who have proved who they are.
    handlers: Shares,
    /// Handlers of anyone.
    public_handlers: Shares,
    /// Answers that go on. They hold no place of a handler.
    streams: Shares,
    /// Whether streams are to end.
    closing: watch::Sender<bool>,
}

impl Server {
    /// A server of these routes and no others.
    pub fn new(routes: Vec<Route>, settings: Settings) -> Result<Arc<Self>, RouteError> {
        Self::with_capacity(routes, settings, Capacity::default())
    }

    /// One that does so much at once.
    pub fn with_capacity(
        routes: Vec<Route>,
        settings: Settings,
        capacity: Capacity,
    ) -> Result<Arc<Self>, RouteError> {
        let table = RouteTable::new(routes)?;
        let inventory = Arc::new(Inventory {
            origin: settings.origin.clone(),
            routes: table.listed(),
            sockets: Arc::clone(&settings.sockets),
        });
        Ok(Arc::new(Self {
            table,
            inventory,
            settings,
            budget: Budget::default(),
            capacity,
            handlers: Shares::new(capacity.handlers, capacity.handlers_of_account),
            public_handlers: Shares::new(capacity.handlers, capacity.handlers_of_address()),
            streams: Shares::new(limits::STREAMS, limits::STREAMS_PER_ACCOUNT),
            closing: watch::Sender::new(false),
        }))
    }

    /// All that the server answers, and all that its process listens on.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Everything that is answered: declared routes, and HEAD and OPTIONS that follow by rule.
    pub fn routes(&self) -> Vec<Listed> {
        self.inventory.routes().to_vec()
    }

    /// Ends every stream, as the server is about to end.
    pub(crate) fn close_streams(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.settings.metrics
    }

    pub(crate) const fn capacity(&self) -> &Capacity {
        &self.capacity
    }

    /// Answers one request from `address`. Never fails and never panics.
    pub(crate) async fn respond(
        &self,
        request: hyper::Request<Incoming>,
        address: IpAddr,
    ) -> hyper::Response<Body> {
        let started = self.settings.clock.now();
        let id = RequestId::random(&*self.settings.random);
        let (parts, body) = request.into_parts();
        let surface = Surface::of(parts.uri.path());
        let method = parts.method.clone();
        let cross_origin = self.cross_origin(&parts);
        let mut route = NO_ROUTE;
        let answer = self.answer(id, parts, body, address, &mut route);
        let answer = match timeout(limits::REQUEST, unpanicked(answer)).await {
            Ok(Some(answer)) => answer,
            Ok(None) => {
                self.settings.metrics.panicked();
                Err(HttpError::broken())
            }
            Err(_) => Err(HttpError::unavailable("too-slow", "This took too long.")),
        };
        let response = answer.unwrap_or_else(|error| {
            error.log(id);
            surface.error(&error, &method, id, &*self.settings.pages)
        });
        self.record(&method, route, response.status, started, id);
        let mut response = finish(response, &method, surface, id);
        if let Some((origin, preflight)) = cross_origin {
            cross_origin::open(response.headers_mut(), origin, preflight);
        }
        response
    }

    /// Where apps may ask from a browser: who asks, if it may, and for a preflight what.
    fn cross_origin(&self, parts: &Parts) -> Option<(Option<HeaderValue>, Option<HeaderValue>)> {
        let path = parts.uri.path();
        path::check(path).ok()?;
        let methods = self.table.cross_origin(path)?;
        let origin = cross_origin::allowed(&*self.settings.authenticate, &parts.headers);
        let is_preflight = cross_origin::is_preflight(&parts.method, &parts.headers);
        Some((origin, is_preflight.then_some(methods)))
    }

    async fn answer(
        &self,
        id: RequestId,
        parts: Parts,
        mut body: Incoming,
        address: IpAddr,
        route_name: &mut &'static str,
    ) -> Answer {
        let (route, parameters) = match self.route(&parts, route_name) {
            Ok(Ok(found)) => found,
            Ok(Err(response)) => return Ok(response),
            Err(error) => {
                body::linger(body, &parts.headers);
                return Err(error);
            }
        };
        let mut lease = self.budget.lease();
        let proved = match self.prove(route, &parts, address) {
            Ok(proved) => body::read(&mut body, route.body_limit, &mut lease)
                .await
                .map(|whole| (proved, whole)),
            Err(error) => Err(error),
        };
        let (assured, whole) = match proved {
            Ok(proved) => proved,
            Err(error) => {
                body::linger(body, &parts.headers);
                return Err(error);
            }
        };
        let Parts {
            method,
            uri,
            headers,
            ..
        } = parts;
        let inventory = Arc::clone(&self.inventory);
        let request = Request {
            id,
            method,
            uri,
            headers,
            parameters,
            address,
            inventory,
            body: whole,
            lease,
        };
        self.run(route, request, assured).await
    }

    /// Runs the handler, once it has a place.
    async fn run(&self, route: &Route, request: Request, assured: Option<Assured>) -> Answer {
        if let Some(assured) = &assured {
            check_form(route, &request, assured)?;
        }
        let place = self.place(assured.as_ref(), request.address).await?;
        let answer = match (&route.handler, assured) {
            (Handler::Public(handler), None) => handler(PublicRequest(request)),
            (Handler::Assured(handler), Some(assured)) => {
                handler(AssuredRequest { request, assured })
            }
            (Handler::Stream(handler), Some(assured)) => {
                let request = Arc::new(AssuredRequest { request, assured });
                return self.stream(request, |request| handler(request)).await;
            }
            // A guard that proved too little or too much for its handler: refuse.
            _ => return Err(HttpError::broken()),
        };
        if route.only_reads {
            return answer.await;
        }
        // A change runs to its end, whether or not its caller waits: else a caller could go away
        // between the moment when a link's use is written down and the moment when it ends. Its
        // place stays taken until then.
        let to_its_end = async move {
            let _place = place;
            answer.await
        };
        match tokio::spawn(to_its_end).await {
            Ok(answer) => answer,
            Err(stopped) => match stopped.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(HttpError::broken()),
            },
        }
    }

    /// Begins a stream, which takes a place of its own: that of the handler is free when it began.
    async fn stream<F>(
        &self,
        request: Arc<AssuredRequest>,
        handler: impl FnOnce(Arc<AssuredRequest>) -> F,
    ) -> Answer
    where
        F: Future<Output = Result<Events, HttpError>>,
    {
        let mut response = Response::event_stream();
        if request.method == Method::HEAD {
            return Ok(response);
        }
        let account = Caller::Account(request.assured.account());
        let place = self.streams.try_take(account).ok_or_else(|| {
            let text = "Too many of your pages are open: close some of them.";
            HttpError::new(Kind::TooManyRequests, "too-many-streams", text).retry_after(60)
        })?;
        let events = handler(Arc::clone(&request)).await?;
        let watch = Watch {
            authenticate: Arc::clone(&self.settings.authenticate),
            request,
            place,
            closing: self.closing.subscribe(),
        };
        response.live = Some(Live::begin(watch, events));
        Ok(response)
    }

    /// A place for a handler, of its account's or, where nobody is proved, of its address's.
    async fn place(&self, assured: Option<&Assured>, address: IpAddr) -> Result<Share, HttpError> {
        let (shares, caller) = match assured {
            Some(assured) => (&self.handlers, Caller::Account(assured.account())),
            None => (&self.public_handlers, Caller::at(address)),
        };
        let taken = shares.take(caller, self.capacity.patience).await;
        taken.map_err(|full| match full {
            Full::Own => {
                let text = "Too many of your requests are under way: let some of them end first.";
                HttpError::new(Kind::TooManyRequests, "too-many-at-once", text).retry_after(1)
            }
            Full::All => HttpError::unavailable("busy", "Too many requests at once: try again."),
        })
    }

    /// Finds the route, or the answer that follows from there being none.
    fn route(
        &self,
        parts: &Parts,
        name: &mut &'static str,
    ) -> Result<Result<(&Route, Parameters), Response>, HttpError> {
        let path = parts.uri.path();
        let query = parts.uri.query().unwrap_or_default();
        path::check(path).map_err(|bad| match bad {
            path::BadPath::Trick => bad_path(),
            path::BadPath::TooLong => too_long(),
        })?;
        if query.len() > QUERY_BYTES {
            return Err(too_long());
        }
        self.inventory
            .origin
            .check_host(&parts.uri, &parts.headers)?;
        if parts.headers.contains_key(header::UPGRADE) {
            let text = "No connection here changes its protocol.";
            return Err(HttpError::bad_request("no-upgrade", text));
        }
        match self.table.find(&parts.method, path) {
            Found::Route(route, parameters) => {
                *name = route.pattern;
                Ok(Ok((route, parameters)))
            }
            Found::Options(allow) => {
                let empty = Response::new(StatusCode::NO_CONTENT);
                Ok(Err(empty.with_header(header::ALLOW, allow)))
            }
            Found::WrongMethod(allow) => {
                let text = "This can't be done here; see the Allow header for what can.";
                let error = HttpError::new(Kind::MethodNotAllowed, "method-not-allowed", text);
                Err(error.with_header(header::ALLOW, allow))
            }
            Found::Nothing if path.len() > 1 && path.ends_with('/') => Err(bad_path()),
            Found::Nothing => Err(HttpError::not_found()),
        }
    }

    /// Checks all that is proved by the head, before a byte of the body is read.
    fn prove(
        &self,
        route: &Route,
        parts: &Parts,
        address: IpAddr,
    ) -> Result<Option<Assured>, HttpError> {
        let Parts {
            method, headers, ..
        } = parts;
        if Surface::of(route.pattern) == Surface::Page {
            self.inventory.origin.check_same_site(method, headers)?;
        }
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let head = Head {
            method,
            path,
            query,
            headers,
            address,
        };
        credential::check(
            &*self.settings.authenticate,
            &self.inventory.origin,
            route,
            &head,
        )
    }

    fn record(
        &self,
        method: &Method,
        route: &'static str,
        status: StatusCode,
        started: Timestamp,
        id: RequestId,
    ) {
        let took = self.settings.clock.now().since(started);
        self.settings.metrics.answered(method, route, status, took);
        // Of a closed list, as in the figures: a caller may send anything as a method.
        let method = name_of(method);
        let (status, ms) = (status.as_u16(), milliseconds(took));
        tracing::info!(target: "ward::access", method, route, status, ms, request = %id);
    }
}

/// A change asked for with a session must come from a form that the session was given.
fn check_form(route: &Route, request: &Request, assured: &Assured) -> Result<(), HttpError> {
    let by_session = matches!(
        route.guard,
        Guard::Assured {
            credential: Credential::Session,
            ..
        }
    );
    if !by_session || request.method.is_safe() {
        return Ok(());
    }
    credential::check_form_token(assured, &request.headers, &request.body)
}

/// Runs a future to its end, or to its panic: then there is nothing. The next request is not
/// touched by it: what handlers share is behind locks of their own.
async fn unpanicked<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
    })
    .await
}

/// To the microsecond, which is as a log shows it: dividing whole numbers leaves no tail of digits.
fn milliseconds(took: Duration) -> f64 {
    f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}

fn bad_path() -> HttpError {
    HttpError::bad_request(
        "bad-path",
        "No path here has an empty, dotted or percent-encoded part, and few end with a slash.",
    )
}

fn too_long() -> HttpError {
    HttpError::new(Kind::UriTooLong, "url-too-long", "The URL is too long.")
}

fn finish(
    response: Response,
    method: &Method,
    surface: Surface,
    id: RequestId,
) -> hyper::Response<Body> {
    let Response {
        status,
        headers,
        body,
        is_immutable,
        live,
    } = response;
    let is_stream = live.is_some() || headers.get(header::CONTENT_TYPE) == Some(&EVENT_STREAM);
    let length = HeaderValue::from(body.len());
    let body = live.map_or_else(|| Body::whole(body), Body::Live);
    let mut response = hyper::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    headers::secure(response.headers_mut(), surface, is_immutable, id);
    if *method == Method::HEAD {
        if !is_stream {
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length);
        }
        *response.body_mut() = Body::whole(bytes::Bytes::new());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_to_the_microsecond() {
        for (nanos, shown) in [
            (0, "0.0"),
            (999, "0.0"),
            (3_416_000, "3.416"),
            (3_416_999, "3.416"),
            (60_000_000_001, "60000.0"),
        ] {
            let shown_as = format!("{:?}", milliseconds(Duration::from_nanos(nanos)));
            assert_eq!(shown_as, shown);
        }
        for micros in 0..100_000 {
            let shown = milliseconds(Duration::from_micros(micros)).to_string();
            let digits = shown.split_once('.').map_or(0, |(_, digits)| digits.len());
            assert!(digits <= 3, "{shown}");
        }
    }
}
