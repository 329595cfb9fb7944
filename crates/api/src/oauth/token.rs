//! `/oauth/token` (RFC 6749 4.1.3, 4.4, 6; RFC 7523; RFC 9449; SMART App Launch 2.2).

use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, PublicRequest, Response, StatusCode};
use ward_identity::{AccessToken, TokenRequest};

use super::{caller, proof, refused::refused, with_member};
use crate::Api;

pub(super) async fn token(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.form()?.into_pairs();
    let asked = TokenRequest::from_form(&pairs).map_err(refused)?;
    let issued = api
        .identity
        .token(&asked, proof(&request)?, &caller(&request))
        .await
        .map_err(refused)?;
    let mut answer = json!({
        "access_token": issued.token.expose(),
        "token_type": AccessToken::TYPE,
        "expires_in": issued.expires_in.as_secs(),
        "scope": issued.scope,
    });
    if let Some(refresh_token) = &issued.refresh_token {
        answer = with_member(answer, "refresh_token", json!(refresh_token.expose()));
    }
    if let Some(patient) = &issued.patient {
        answer = with_member(answer, "patient", json!(patient.as_str()));
        // The page of Ward says whose record it is; the app must, too.
        answer = with_member(answer, "need_patient_banner", json!(true));
    }
    Ok(Response::json(StatusCode::OK, answer.to_string()))
}
