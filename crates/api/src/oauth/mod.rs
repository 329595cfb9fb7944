//! OAuth 2 (RFC 6749, 7009, 7523, 7636, 7662, 8414, 8628, 9126, 9207, 9449; SMART App Launch 2.2). An
//! endpoint a file.

mod authorize;
mod device_authorization;
mod introspect;
mod metadata;
mod par;
mod refused;
mod revoke;
mod token;

use std::sync::Arc;

use serde_json::{Value, json};
use ward_core::Ods;
use ward_http::{HttpError, Method, Origin, PublicRequest, Route, header, with};
use ward_identity::{Caller, Error};

use crate::Api;

/// The path of the token endpoint.
pub const TOKEN: &str = "/oauth/token";
/// Where an app sends its person.
pub(crate) const AUTHORIZE: &str = "/oauth/authorize";
/// Where an app pushes what it will ask.
pub(crate) const PAR: &str = "/oauth/par";
/// Where a client asks what a token is.
pub(crate) const INTROSPECT: &str = "/oauth/introspect";
/// Where a client ends a token.
pub(crate) const REVOKE: &str = "/oauth/revoke";
/// Where a command line asks to be connected.
pub(crate) const DEVICE_AUTHORIZATION: &str = "/oauth/device_authorization";
/// The page where its person types the code.
const DEVICE: &str = "/device";
/// What client assertions are signed with.
pub(crate) const ASSERTION_ALGORITHMS: [&str; 2] = ["ES384", "RS384"];

const DPOP: header::HeaderName = header::HeaderName::from_static("dpop");

pub(crate) fn routes(api: &Arc<Api>) -> Vec<Route> {
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(
            post.clone(),
            TOKEN,
            "asks for a client's signed assertion or a code, and a DPoP proof, and gives a token",
            with(api, token::token),
        )
        .cross_origin(),
        Route::public(
            post.clone(),
            PAR,
            "takes what an app will ask of its person; gives nothing but a name for it",
            with(api, par::push),
        ),
        Route::public(
            post.clone(),
            DEVICE_AUTHORIZATION,
            "gives a command line a code to show; a person who has signed in decides",
            with(api, device_authorization::begin),
        ),
        Route::public(
            get.clone(),
            AUTHORIZE,
            "sends a browser to the page where a person who has signed in decides",
            with(api, authorize::begin),
        ),
        Route::public(
            post.clone(),
            INTROSPECT,
            "asks for a client's signed assertion, and tells of its own organisation's tokens",
            with(api, introspect::introspect),
        ),
        Route::public(
            post,
            REVOKE,
            "ends a client's own token, and tells nothing",
            with(api, revoke::revoke),
        )
        .cross_origin(),
        Route::public(
            get,
            "/.well-known/oauth-authorization-server",
            "says how to get a token",
            metadata::show,
        )
        .cross_origin(),
    ]
}

/// What every client needs to know (RFC 8414 2).
pub(crate) fn endpoints(origin: &Origin) -> Value {
    json!({
        "issuer": origin.as_str(),
        "authorization_endpoint": origin.url(AUTHORIZE),
        "token_endpoint": origin.url(TOKEN),
        "pushed_authorization_request_endpoint": origin.url(PAR),
        "device_authorization_endpoint": origin.url(DEVICE_AUTHORIZATION),
        "introspection_endpoint": origin.url(INTROSPECT),
        "revocation_endpoint": origin.url(REVOKE),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "dpop_signing_alg_values_supported": ward_http::PROOF_ALGORITHMS,
        "grant_types_supported": [
            "authorization_code", "refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "acr_values_supported": [ward_http::PHISHING_RESISTANT],
        "authorization_response_iss_parameter_supported": true,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [
            "launch", "launch/patient", "online_access", "offline_access",
            "patient/*.cruds", "user/*.cruds", "system/*.cruds", ward_identity::MANAGE_SCOPE,
        ],
    })
}

/// The FHIR base of an organisation, as apps name their audience.
fn base(origin: &Origin) -> impl Fn(&Ods) -> String + Sync {
    move |ods| origin.url(&format!("/fhir/{ods}"))
}

fn caller(request: &PublicRequest) -> Caller<'_> {
    Caller {
        address: Some(request.address()),
        request: Some(request.id()),
        session: None,
    }
}

/// The one proof of a request, if there is one.
fn proof(request: &PublicRequest) -> Result<Option<&str>, HttpError> {
    let sent = request.header(&DPOP);
    sent.map_err(|_| refused::refused(Error::Proof("one proof is asked for")))
}

/// Adds a member to a JSON object.
pub(crate) fn with_member(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    object
}
