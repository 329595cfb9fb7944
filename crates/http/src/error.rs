//! What went wrong, as far as the caller may know.

use std::{borrow::Cow, fmt::Write};

use hyper::{
    StatusCode,
    header::{HeaderName, HeaderValue},
};
use ward_core::RequestId;
use ward_fhir::Issue;

/// What every handler answers with.
pub type Answer = Result<crate::Response, HttpError>;

/// An error at the edge: a kind, a stable code, a public text. It is rendered as an
/// `OperationOutcome` under `/fhir`, as OAuth error JSON under `/oauth`, and as a page elsewhere.
///
/// The cause goes to the server's own log, never to the caller. A refused read and an unknown id
/// are both [`Kind::NotFound`] with the same text: nothing tells whether a patient exists.
#[derive(Debug)]
pub struct HttpError {
    kind: Kind,
    code: &'static str,
    text: Cow<'static, str>,
    issues: Vec<Issue>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

/// What the caller can do about an error; decides the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request can't be understood: 400.
    BadRequest,
    /// No proof of who asks, or a proof that does not hold: 401.
    Unauthenticated,
    /// The caller is known, and may not: 403.
    Forbidden,
    /// Nothing is there, or nothing that this caller may know of: 404.
    NotFound,
    /// The path is known, the method is not: 405.
    MethodNotAllowed,
    /// No representation that the caller takes: 406.
    NotAcceptable,
    /// The caller sent too slowly: 408.
    Timeout,
    /// It contradicts what is stored: 409.
    Conflict,
    /// It was there, and was deleted: 410.
    Gone,
    /// `If-Match` or `If-None-Exist` does not hold: 412.
    PreconditionFailed,
    /// The body is over its limit: 413.
    TooLarge,
    /// The path or the query is over its limit: 414.
    UriTooLong,
    /// The body is of a type that is not read here: 415.
    UnsupportedMediaType,
    /// Another host was asked for: 421.
    Misdirected,
    /// It is well-formed, and breaks a rule: 422.
    Unprocessable,
    /// Too often: 429.
    TooManyRequests,
    /// Ward's fault: 500.
    Internal,
    /// Not now: 503.
    Unavailable,
}

impl Kind {
    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code of FHIR's issue-type that says the same (R4, valueset-issue-type).
    pub const fn issue_type(self) -> &'static str {
        match self {
            Self::BadRequest => "invalid",
            Self::Unauthenticated => "login",
            Self::Forbidden => "forbidden",
            Self::NotFound | Self::Misdirected => "not-found",
            Self::MethodNotAllowed | Self::NotAcceptable | Self::UnsupportedMediaType => {
                "not-supported"
            }
            Self::Timeout => "timeout",
            Self::Conflict | Self::PreconditionFailed => "conflict",
            Self::Gone => "deleted",
            Self::TooLarge | Self::UriTooLong => "too-long",
            Self::Unprocessable => "processing",
            Self::TooManyRequests => "throttled",
            Self::Internal => "exception",
            Self::Unavailable => "transient",
        }
    }

    /// The error code of OAuth that says the same, where the handler named none (RFC 6749 5.2).
    pub(crate) const fn oauth_error(self) -> &'static str {
        match self {
            Self::Unauthenticated => "invalid_client",
            Self::Internal => "server_error",
            Self::Unavailable | Self::TooManyRequests => "temporarily_unavailable",
            _ => "invalid_request",
        }
    }
}

impl HttpError {
    /// An error of `kind`. `code` is stable and documented; `text` is for a person, and must hold
    /// nothing that the caller did not send.
    pub fn new(kind: Kind, code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        let (issues, headers) = (Vec::new(), Vec::new());
        Self {
            kind,
            code,
            text: text.into(),
            issues,
            headers,
            cause: None,
        }
    }

    /// [`Kind::BadRequest`].
    pub fn bad_request(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::BadRequest, code, text)
    }

    /// [`Kind::NotFound`]: one text for what is not there and for what may not be seen.
    pub fn not_found() -> Self {
        Self::new(
            Kind::NotFound,
            "not-found",
            "There is nothing here that you can see.",
        )
    }

    /// [`Kind::Unauthenticated`].
    pub fn unauthenticated(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unauthenticated, code, text)
    }

    /// [`Kind::Forbidden`].
    pub fn forbidden(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Forbidden, code, text)
    }

    /// [`Kind::Internal`], with the same text always; `cause` and its sources go to the log.
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        let mut chain = cause.to_string();
        let mut source = cause.source();
        while let Some(cause) = source {
            // Writing to a String does not fail.
            let _ = write!(chain, ": {cause}");
            source = cause.source();
        }
        Self {
            cause: Some(chain),
            ..Self::broken()
        }
    }

    /// [`Kind::Internal`] without a cause to tell.
    pub(crate) fn broken() -> Self {
        let text = "Something went wrong. Try again; if it happens again, report the request id.";
        Self::new(Kind::Internal, "internal", text)
    }

    /// [`Kind::Unavailable`], to be tried again after some seconds.
    pub fn unavailable(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unavailable, code, text).retry_after(1)
    }

    /// Adds what is wrong in detail.
    #[must_use]
    pub fn with_issues(mut self, issues: Vec<Issue>) -> Self {
        self.issues = issues;
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Tells the caller to wait so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(hyper::header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// What the caller can do about it.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The public text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong in detail; often nothing.
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// Writes the cause down, if there is one: for an error that is not answered with by itself.
    pub fn log(&self, request: RequestId) {
        if let Some(cause) = &self.cause {
            tracing::error!(target: "ward::http", %request, cause, "internal error");
        }
    }
}
