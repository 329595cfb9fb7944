//! Credentials on the wire: which are looked at, and how the others are refused.

use std::net::IpAddr;

use hyper::{
    HeaderMap, Method,
    header::{self, HeaderName, HeaderValue},
};
use ward_identity::{Assured, Error, Identity, Role};

use crate::{
    Credential, HttpError, Kind, Origin, Route, cookie, form,
    request::{Form, sole},
    route::Guard,
};

const DPOP: HeaderName = HeaderName::from_static("dpop");
/// Carries the form token of a request whose body is no form.
const FORM_TOKEN: HeaderName = HeaderName::from_static("x-form-token");
/// The field that carries a session's form token.
pub const FORM_TOKEN_FIELD: &str = "form_token";

/// What DPoP proofs may be signed with, as challenges name it: all that [`Identity`] takes.
pub const PROOF_ALGORITHMS: [&str; 3] = ["ES256", "ES384", "EdDSA"];

/// Parameters of a query that carry credentials elsewhere (RFC 6750 2.3, RFC 6749 2.3.1).
const IN_QUERY: [&str; 6] = [
    "access_token",
    "client_secret",
    "client_assertion",
    "password",
    "refresh_token",
    "id_token",
];

/// Who can say what a credential proves: [`Identity`], and no other in a server that serves. As
/// nobody else can make an [`Assured`], another implementation can only refuse.
pub trait Authenticate: Send + Sync {
    /// The session of a cookie.
    fn session(&self, token: &str, address: IpAddr) -> Option<Assured>;

    /// The service of a token that is bound to the key which signed `proof` for this method and
    /// URL (RFC 9449 4.3).
    fn service(
        &self,
        token: &str,
        proof: &str,
        method: &str,
        url: &str,
        address: IpAddr,
    ) -> Result<Assured, Error>;

    /// The session of a cookie that asks for a stream: a page that goes on by itself is no use of
    /// the session.
    fn watching(&self, token: &str, address: IpAddr) -> Option<Assured> {
        let _ = (token, address);
        None
    }

    /// Whether what was proved still stands, while a stream goes on.
    fn stands(&self, assured: &Assured) -> bool {
        let _ = assured;
        false
    }

    /// Whether a page of this origin is of a public app that works.
    fn is_app_origin(&self, origin: &str) -> bool {
        let _ = origin;
        false
    }
}

impl Authenticate for Identity {
    fn is_app_origin(&self, origin: &str) -> bool {
        Self::is_app_origin(self, origin)
    }

    fn session(&self, token: &str, address: IpAddr) -> Option<Assured> {
        self.authenticate(token, Some(address))
    }

    fn watching(&self, token: &str, address: IpAddr) -> Option<Assured> {
        self.look(token, Some(address))
    }

    fn stands(&self, assured: &Assured) -> bool {
        self.is_in_force(assured)
    }

    fn service(
        &self,
        token: &str,
        proof: &str,
        method: &str,
        url: &str,
        address: IpAddr,
    ) -> Result<Assured, Error> {
        self.authenticate_dpop(token, proof, method, url, Some(address))
    }
}

/// The head of a request, as far as a proof is about it.
pub(crate) struct Head<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) address: IpAddr,
}

/// Checks the proof that the route's guard asks for. `None` where it asks for none.
///
/// Credentials that Ward does not take are refused even where none is needed: a caller who sends a
/// password or a bearer token must learn at once that it does not work here, and that it has been
/// shown to a server. A DPoP-bound token is left unlooked at there: programs send theirs with
/// whatever they ask.
pub(crate) fn check(
    authenticate: &dyn Authenticate,
    origin: &Origin,
    route: &Route,
    head: &Head<'_>,
) -> Result<Option<Assured>, HttpError> {
    let guard = route.guard;
    refuse_in_query(head.query)?;
    let authorization = sole(head.headers, &header::AUTHORIZATION).map_err(|_| bad_scheme())?;
    let credential = match guard {
        Guard::Public { .. } => {
            return authorization.map_or(Ok(None), |sent| dpop_token(sent).map(|_| None));
        }
        Guard::Assured { credential, .. } => credential,
    };
    match (credential, authorization) {
        (Credential::Session, Some(_)) => Err(bad_scheme()),
        (Credential::Session, None) => {
            let token = cookie::find(head.headers, cookie::SESSION);
            let assured = token.and_then(|token| {
                if route.is_stream() {
                    authenticate.watching(token, head.address)
                } else {
                    authenticate.session(token, head.address)
                }
            });
            assured.map(Some).ok_or_else(signed_out)
        }
        (_, Some(authorization)) => {
            let token = dpop_token(authorization)?;
            let assured = service(authenticate, origin, head, token)?;
            if kind_of(&assured) == credential {
                Ok(Some(assured))
            } else {
                Err(other_kind())
            }
        }
        (_, None) => {
            let text = "Send a DPoP-bound access token: Authorization: DPoP <token>.";
            let missing = HttpError::unauthenticated("token-missing", text);
            Err(challenge(missing, None))
        }
    }
}

/// Checks that a change comes from a form that this session was given.
pub(crate) fn check_form_token(
    assured: &Assured,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), HttpError> {
    let form;
    let sent = if let Some(token) = sole(headers, &FORM_TOKEN)? {
        Some(token)
    } else {
        form = Form(form::parse(body).unwrap_or_default());
        form.get(FORM_TOKEN_FIELD)
    };
    if sent.is_some_and(|sent| assured.is_form_token(sent)) {
        return Ok(());
    }
    let text = "This form is out of date. Go back, load the page again and send it once more.";
    Err(HttpError::forbidden("form-token", text))
}

/// What a token is good for: one kind of route, whatever a handler behind another asks.
fn kind_of(assured: &Assured) -> Credential {
    if assured.role() == Role::Device {
        Credential::Device
    } else if assured.manages() {
        Credential::Manage
    } else {
        Credential::Dpop
    }
}

fn refuse_in_query(query: &str) -> Result<(), HttpError> {
    let pairs = if query.is_empty() {
        Vec::new()
    } else {
        form::parse(query.as_bytes())?
    };
    if pairs
        .iter()
        .any(|(name, _)| IN_QUERY.contains(&name.to_ascii_lowercase().as_str()))
    {
        let text = "Credentials in a URL end up in logs. Treat this one as stolen.";
        let error = HttpError::unauthenticated("credential-in-query", text);
        return Err(challenge(error, Some("invalid_request")));
    }
    Ok(())
}

fn dpop_token(authorization: &str) -> Result<&str, HttpError> {
    match authorization.split_once(' ') {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("dpop")
                && !token.is_empty()
                && token.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(token)
        }
        _ => Err(bad_scheme()),
    }
}

fn service(
    authenticate: &dyn Authenticate,
    origin: &Origin,
    head: &Head<'_>,
    token: &str,
) -> Result<Assured, HttpError> {
    let Ok(Some(proof)) = sole(head.headers, &DPOP) else {
        let text = "Send one DPoP proof with each request.";
        let error = HttpError::unauthenticated("proof-missing", text);
        return Err(challenge(error, Some("invalid_dpop_proof")));
    };
    let url = origin.url(head.path);
    let checked = authenticate.service(token, proof, head.method.as_str(), &url, head.address);
    checked.map_err(|error| match error {
        Error::AccessToken => {
            let text = "The access token does not work: get another one.";
            challenge(
                HttpError::unauthenticated("token-refused", text),
                Some("invalid_token"),
            )
        }
        // Its text says what is wrong with the proof, and nothing of anybody's data.
        Error::Proof(_) => {
            let error = HttpError::unauthenticated("proof-refused", error.to_string());
            challenge(error, Some("invalid_dpop_proof"))
        }
        Error::Busy => HttpError::unavailable("busy", "Too many requests at once: try again."),
        other => HttpError::internal(&other),
    })
}

fn bad_scheme() -> HttpError {
    let text = "This credential is not taken here: no passwords, no bearer tokens.";
    challenge(
        HttpError::unauthenticated("scheme-refused", text),
        Some("invalid_token"),
    )
}

/// A token that works, and not here (RFC 6750 3.1): those of command lines open no records, and
/// administration is not for programs.
fn other_kind() -> HttpError {
    let text = "This token is for other routes: records and administration are apart.";
    challenge(
        HttpError::unauthenticated("token-of-another-kind", text),
        Some("invalid_token"),
    )
}

fn signed_out() -> HttpError {
    challenge(
        HttpError::unauthenticated("signed-out", "Sign in to go on."),
        None,
    )
}

/// Names the one scheme that works (RFC 9449 7.1).
fn challenge(error: HttpError, code: Option<&'static str>) -> HttpError {
    debug_assert_eq!(error.kind(), Kind::Unauthenticated);
    let algorithms = PROOF_ALGORITHMS.join(" ");
    let value = match code {
        None => format!(r#"DPoP algs="{algorithms}""#),
        Some(code) => format!(r#"DPoP error="{code}", algs="{algorithms}""#),
    };
    match HeaderValue::from_str(&value) {
        Ok(value) => error.with_header(header::WWW_AUTHENTICATE, value),
        Err(_) => error,
    }
}
