//! How an error looks: to a FHIR client, to an OAuth client, to a person.

use bytes::Bytes;
use hyper::{
    Method,
    header::{self, HeaderValue},
};
use serde_json::{Value, json};
use ward_core::RequestId;
use ward_fhir::Issue;

use crate::{HttpError, Kind, Response};

/// Who reads the answers of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// Programs that speak FHIR: `/fhir`.
    Fhir,
    /// Programs that ask for tokens: `/oauth`, but for `/oauth/authorize`, which is a page.
    Oauth,
    /// Command lines: `/manage`.
    Manage,
    /// People: everything else.
    Page,
}

/// Renders errors for people. Implemented by the pages' crate.
pub trait Pages: Send + Sync {
    /// A whole HTML page that says what happened, what to do, and the request's id.
    fn error(&self, error: &HttpError, request: RequestId) -> String;
}

/// Error pages without any design: for a server that has no pages, and for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainPages;

impl Pages for PlainPages {
    fn error(&self, error: &HttpError, request: RequestId) -> String {
        let text = error.text().replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<!doctype html><html lang=\"en\"><title>Ward</title><h1>{text}</h1>\
             <p>Request {request}</p></html>"
        )
    }
}

impl Surface {
    pub(crate) fn of(path: &str) -> Self {
        let is_under = |base: &str| {
            path.strip_prefix(base)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match () {
            () if is_under("/fhir") => Self::Fhir,
            // People decide there, in a browser.
            () if path == "/oauth/authorize" => Self::Page,
            () if is_under("/oauth") => Self::Oauth,
            () if is_under("/manage") => Self::Manage,
            () => Self::Page,
        }
    }

    pub(crate) fn error(
        self,
        error: &HttpError,
        method: &Method,
        request: RequestId,
        pages: &dyn Pages,
    ) -> Response {
        let status = error.kind().status();
        let response = match self {
            Self::Fhir => Response::fhir(status, error.operation_outcome(request)),
            Self::Oauth => Response::json(status, oauth_error(error)),
            Self::Manage => Response::json(status, plain_error(error, request)),
            // A person who is not signed in and asks for a page wants to sign in. The way back is
            // not in the URL: paths of pages name patients.
            Self::Page if error.code() == "signed-out" && method.is_safe() => {
                Response::see_other("/sign-in")
            }
            Self::Page => Response::html(status, pages.error(error, request)),
        };
        let with_header =
            |response: Response, (name, value): &(header::HeaderName, HeaderValue)| {
                response.with_header(name.clone(), value.clone())
            };
        error.headers().iter().fold(response, with_header)
    }
}

impl HttpError {
    /// The error as an `OperationOutcome` (R4 2.30), its id the request's.
    pub fn operation_outcome(&self, request: RequestId) -> Bytes {
        let issues: Vec<Value> = match self.issues() {
            [] => vec![json!({
                "severity": if self.kind() == Kind::Internal { "fatal" } else { "error" },
                "code": self.kind().issue_type(),
                "details": { "coding": [{ "code": self.code() }], "text": self.text() },
            })],
            issues => issues
                .iter()
                .map(|issue| detail(issue, self.code()))
                .collect(),
        };
        let id = request.to_string();
        json!({ "resourceType": "OperationOutcome", "id": id, "issue": issues })
            .to_string()
            .into()
    }
}

fn detail(issue: &Issue, code: &str) -> Value {
    let mut detail = json!({
        "severity": issue.severity.as_str(),
        "code": issue.code.as_str(),
        "details": { "coding": [{ "code": code }] },
        "diagnostics": issue.diagnostics,
    });
    if let (false, Some(detail)) = (issue.expression.is_empty(), detail.as_object_mut()) {
        detail.insert("expression".to_owned(), json!([issue.expression]));
    }
    detail
}

/// The error as OAuth has it (RFC 6749 5.2). Handlers of OAuth give its error codes as their own;
/// those of the server are turned into the nearest.
fn oauth_error(error: &HttpError) -> Bytes {
    let is_own = error.code().contains('_');
    let code = if is_own {
        error.code()
    } else {
        error.kind().oauth_error()
    };
    json!({ "error": code, "error_description": error.text() })
        .to_string()
        .into()
}

/// The error as a command line shows it: `{"error", "text", "request"}`.
fn plain_error(error: &HttpError, request: RequestId) -> Bytes {
    json!({ "error": error.code(), "text": error.text(), "request": request.to_string() })
        .to_string()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_errors_in_its_own_language() {
        let request = RequestId::from_bytes([7; 16]);
        let body = |surface: Surface, error: &HttpError| {
            let response = surface.error(error, &Method::GET, request, &PlainPages);
            String::from_utf8(response.body.to_vec()).unwrap()
        };
        let gone = HttpError::not_found();
        let outcome: Value = serde_json::from_str(&body(Surface::Fhir, &gone)).unwrap();
        let expected = json!({
            "resourceType": "OperationOutcome",
            "id": "07070707070707070707070707070707",
            "issue": [{
                "severity": "error",
                "code": "not-found",
                "details": {
                    "coding": [{ "code": "not-found" }],
                    "text": "There is nothing here that you can see.",
                },
            }],
        });
        assert_eq!(outcome, expected);
        assert!(body(Surface::Oauth, &gone).contains(r#""error":"invalid_request""#));
        assert!(body(Surface::Page, &gone).contains("Request 0707"));
        let grant = HttpError::bad_request("unsupported_grant_type", "No.");
        assert!(body(Surface::Oauth, &grant).contains(r#""error":"unsupported_grant_type""#));
    }

    #[test]
    fn the_cause_of_an_internal_error_is_shown_to_nobody() {
        let cause = std::io::Error::other("/data/WRD01/log.db is gone");
        let error = HttpError::internal(&cause);
        for surface in [
            Surface::Fhir,
            Surface::Oauth,
            Surface::Manage,
            Surface::Page,
        ] {
            let response = surface.error(
                &error,
                &Method::GET,
                RequestId::from_bytes([0; 16]),
                &PlainPages,
            );
            assert!(!String::from_utf8_lossy(&response.body).contains("log.db"));
        }
    }

    #[test]
    fn the_surface_is_the_first_segment() {
        for (path, expected) in [
            ("/fhir", Surface::Fhir),
            ("/fhir/X26/Patient", Surface::Fhir),
            ("/fhirx", Surface::Page),
            ("/oauth/token", Surface::Oauth),
            ("/manage/accounts", Surface::Manage),
            ("/", Surface::Page),
        ] {
            assert_eq!(Surface::of(path), expected, "{path}");
        }
    }
}
