//! `/.well-known/oauth-authorization-server` (RFC 8414).

use ward_http::{Answer, PublicRequest, Response, StatusCode};

use super::endpoints;

pub(super) async fn show(request: PublicRequest) -> Answer {
    let document = endpoints(request.origin()).to_string();
    Ok(Response::json(StatusCode::OK, document))
}
