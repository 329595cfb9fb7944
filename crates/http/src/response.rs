//! What a handler answers with.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::{
    HeaderMap, StatusCode,
    body::{Body as HttpBody, Frame, SizeHint},
    header::{self, HeaderName, HeaderValue},
};

use crate::stream::Live;

/// The media type of server-sent events (HTML 9.2).
pub(crate) const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// A response under construction. The server adds the request id, the security headers and
/// `Cache-Control: no-store` to each; a handler can't leave them off.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) is_immutable: bool,
    /// What follows the body, for as long as it goes on.
    pub(crate) live: Option<Live>,
}

impl Response {
    /// An empty response.
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            is_immutable: false,
            live: None,
        }
    }

    /// A body of a media type.
    pub fn body(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Self::new(status);
        response
            .headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.body = body.into();
        response
    }

    /// A page.
    pub fn html(status: StatusCode, page: impl Into<Bytes>) -> Self {
        Self::body(status, "text/html; charset=utf-8", page)
    }

    /// `application/json`.
    pub fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::body(status, "application/json", body)
    }

    /// `application/fhir+json`.
    pub fn fhir(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::body(status, "application/fhir+json", body)
    }

    /// The head of a stream of events. What lies between must hand them on as they come.
    pub(crate) fn event_stream() -> Self {
        let mut response = Self::new(StatusCode::OK);
        response.headers.insert(header::CONTENT_TYPE, EVENT_STREAM);
        response
    }

    /// 303 to a path of this server: what a form answers with once it is done.
    ///
    /// A location that is not a path of this server becomes `/`: an open redirect is a way to
    /// another's page.
    pub fn see_other(path: &str) -> Self {
        let is_own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        let location = HeaderValue::from_str(if is_own { path } else { "/" });
        let mut response = Self::new(StatusCode::SEE_OTHER);
        response.headers.insert(
            header::LOCATION,
            location.unwrap_or(HeaderValue::from_static("/")),
        );
        response
    }

    /// Sets a header, replacing what was there.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a cookie: see [`crate::cookie`].
    #[must_use]
    pub fn with_cookie(mut self, cookie: HeaderValue) -> Self {
        self.headers.append(header::SET_COOKIE, cookie);
        self
    }

    /// Lets it be cached for good: only for static files whose path holds their hash.
    #[must_use]
    pub fn immutable(mut self) -> Self {
        self.is_immutable = true;
        self
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers so far.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub const fn bytes(&self) -> &Bytes {
        &self.body
    }
}

/// The body of a response: a whole, or a stream of events.
#[derive(Debug)]
pub(crate) enum Body {
    Whole(WholeBody),
    Live(Live),
}

impl Body {
    pub(crate) const fn whole(bytes: Bytes) -> Self {
        Self::Whole(WholeBody(bytes))
    }

    /// Keeps something for as long as a stream goes on; lets it go at once beside a whole.
    pub(crate) fn holding(self, held: impl Send + Sync + 'static) -> Self {
        match self {
            Self::Live(live) => Self::Live(live.holding(held)),
            whole @ Self::Whole(_) => whole,
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(whole) => Pin::new(whole).poll_frame(context),
            Self::Live(live) => live.poll(context).map(|next| Some(Ok(Frame::data(next?)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(whole) if whole.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Live(_) => SizeHint::default(),
        }
    }
}

/// A body that is in memory as a whole.
#[derive(Debug)]
pub(crate) struct WholeBody(pub(crate) Bytes);

impl HttpBody for WholeBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let whole = std::mem::take(&mut self.0);
        Poll::Ready((!whole.is_empty()).then(|| Ok(Frame::data(whole))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_on_this_server() {
        let location = |path| Response::see_other(path).headers[header::LOCATION].clone();
        assert_eq!(location("/patients/1"), "/patients/1");
        for elsewhere in [
            "https://x.test/",
            "//x.test/",
            "/\\x.test",
            "x",
            "",
            "/a\r\nb: c",
        ] {
            assert_eq!(location(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
