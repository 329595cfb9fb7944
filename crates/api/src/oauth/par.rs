//! `/oauth/par` (RFC 9126).

use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, PublicRequest, Response, StatusCode};

use super::{PAR, base, caller, proof, refused::refused};
use crate::Api;

pub(super) async fn push(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.form()?.into_pairs();
    let (url, base) = (request.origin().url(PAR), base(request.origin()));
    let pushed = api
        .identity
        .push_authorization(&pairs, proof(&request)?, (&url, &base), &caller(&request))
        .await
        .map_err(refused)?;
    let answer = json!({
        "request_uri": pushed.request_uri,
        "expires_in": pushed.expires_in.as_secs(),
    });
    Ok(Response::json(StatusCode::CREATED, answer.to_string()))
}
