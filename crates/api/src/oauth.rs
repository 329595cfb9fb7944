//! `/oauth/token` (RFC 6749 4.4; RFC 7523; RFC 9449; SMART App Launch 2.2, Backend Services).

use std::sync::Arc;

use serde_json::json;
use ward_http::{
    Answer, HttpError, Kind, Method, PublicRequest, Response, Route, StatusCode, header, with,
};
use ward_identity::{AccessToken, Caller, Error, TokenRequest};

use crate::Api;

/// The path of the token endpoint.
pub const TOKEN: &str = "/oauth/token";
/// What client assertions are signed with.
pub(crate) const ASSERTION_ALGORITHMS: [&str; 2] = ["ES384", "RS384"];

const DPOP: header::HeaderName = header::HeaderName::from_static("dpop");

pub(crate) fn route(api: &Arc<Api>) -> Route {
    let reason = "asks for a client's signed assertion and a DPoP proof, and gives a token";
    Route::public(Method::POST, TOKEN, reason, with(api, token))
}

async fn token(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.form()?.into_pairs();
    let asked = TokenRequest::from_form(&pairs).map_err(refused)?;
    let proof = request
        .header(&DPOP)
        .map_err(|_| refused(Error::Proof("one proof is asked for")))?;
    let caller = Caller {
        address: Some(request.address()),
        request: Some(request.id()),
        session: None,
    };
    let issued = api
        .identity
        .token(&asked, proof, &caller)
        .await
        .map_err(refused)?;
    let answer = json!({
        "access_token": issued.token.expose(),
        "token_type": AccessToken::TYPE,
        "expires_in": issued.expires_in.as_secs(),
        "scope": issued.scope,
    });
    Ok(Response::json(StatusCode::OK, answer.to_string()))
}

/// Errors as RFC 6749 5.2 and RFC 9449 5 have them.
fn refused(error: Error) -> HttpError {
    let text = error.to_string();
    match error.oauth_code() {
        // RFC 6749 5.2 asks for 401 only of clients that used the Authorization header, which is
        // taken by no route; 400 is what it gives everything else.
        Some(code) => HttpError::bad_request(code, text),
        None if matches!(error, Error::Busy) => {
            HttpError::unavailable("temporarily_unavailable", text)
        }
        None => match error {
            Error::TooManyAttempts { wait } => {
                let error = HttpError::new(Kind::TooManyRequests, "temporarily_unavailable", text);
                error.retry_after(wait.as_secs().max(1))
            }
            other => HttpError::internal(&other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_code_of_its_standard() {
        for (error, kind, code) in [
            (Error::GrantType, Kind::BadRequest, "unsupported_grant_type"),
            (Error::Client("x"), Kind::BadRequest, "invalid_client"),
            (Error::Proof("x"), Kind::BadRequest, "invalid_dpop_proof"),
            (Error::NoScope, Kind::BadRequest, "invalid_scope"),
            (Error::Busy, Kind::Unavailable, "temporarily_unavailable"),
            (Error::Corrupt("x"), Kind::Internal, "internal"),
        ] {
            let refused = refused(error);
            assert_eq!((refused.kind(), refused.code()), (kind, code));
        }
    }
}
