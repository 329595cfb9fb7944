//! `/oauth/device_authorization` (RFC 8628 3.1, 3.2), for the command line.

use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, PublicRequest, Response, StatusCode};

use super::{DEVICE, DEVICE_AUTHORIZATION, caller, proof, refused::refused};
use crate::Api;

pub(super) async fn begin(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.form()?.into_pairs();
    let url = request.origin().url(DEVICE_AUTHORIZATION);
    let begun = api
        .identity
        .begin_command_line(&pairs, proof(&request)?, &url, &caller(&request))
        .map_err(refused)?;
    let answer = json!({
        "device_code": begun.device_code.expose(),
        "user_code": begun.user_code,
        "verification_uri": request.origin().url(DEVICE),
        "expires_in": begun.expires_in.as_secs(),
        "interval": begun.interval.as_secs(),
    });
    Ok(Response::json(StatusCode::OK, answer.to_string()))
}
