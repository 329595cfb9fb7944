//! `/oauth/revoke` (RFC 7009).

use std::sync::Arc;

use ward_http::{Answer, PublicRequest, Response, StatusCode};

use super::{REVOKE, caller, refused::refused};
use crate::Api;

/// 200 for every token of whoever asks, known or not (RFC 7009 2.2).
pub(super) async fn revoke(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.form()?.into_pairs();
    let url = request.origin().url(REVOKE);
    api.identity
        .revoke_token(&pairs, &url, &caller(&request))
        .await
        .map_err(refused)?;
    Ok(Response::new(StatusCode::OK))
}
