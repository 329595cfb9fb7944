//! Pages of apps that ask from a browser (Fetch standard, CORS protocol).
//!
//! They are let through by their origin, without cookies, and on declared routes alone: what they
//! may do is said by their token, which works with the key that only they have.

use hyper::{
    HeaderMap, Method,
    header::{self, HeaderName, HeaderValue},
};

use crate::{Authenticate, Route};

/// What an app may send beside what every page may.
const REQUEST_HEADERS: &str = "accept, authorization, content-type, dpop, if-match, \
     if-modified-since, if-none-exist, if-none-match, prefer";
/// What an app may see of an answer beside what every page may.
const RESPONSE_HEADERS: &str =
    "ETag, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Request-Id";
/// Seconds for which a browser remembers the answer.
const MAX_AGE: &str = "600";

const ALLOW_ORIGIN: HeaderName = header::ACCESS_CONTROL_ALLOW_ORIGIN;

/// The origin that asks, where it may: it was sent once, and is of an app that works.
pub(crate) fn allowed(authenticate: &dyn Authenticate, headers: &HeaderMap) -> Option<HeaderValue> {
    let mut sent = headers.get_all(header::ORIGIN).iter();
    let origin = sent.next()?;
    let text = origin.to_str().ok()?;
    (sent.next().is_none() && authenticate.is_app_origin(text)).then(|| origin.clone())
}

/// Lets the page see the answer. `preflight` are the methods of a path whose OPTIONS it is.
pub(crate) fn open(
    headers: &mut HeaderMap,
    origin: Option<HeaderValue>,
    preflight: Option<HeaderValue>,
) {
    // The answer is another for each origin, to caches.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else { return };
    headers.insert(ALLOW_ORIGIN, origin);
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    if let Some(methods) = preflight {
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        set(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    } else {
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
}

/// The methods of a path that apps may ask from a browser; none where they may ask nothing there.
pub(crate) fn methods<'a>(routes: impl Iterator<Item = &'a Route>) -> Option<HeaderValue> {
    let open: Vec<&str> = routes
        .filter(|route| route.cross_origin)
        .map(|route| route.method.as_str())
        .collect();
    // Method names are visible ASCII.
    let value = HeaderValue::from_str(&open.join(", ")).ok();
    value.filter(|_| !open.is_empty())
}

/// Whether an answer is to a question that a browser asks before the real one.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
