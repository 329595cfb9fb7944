use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, PublicRequest, Response, StatusCode, cookie};

use super::next;
use crate::{Web, ceremony, error::of_identity, web::caller};

/// `POST /sign-in/passkey/start`
pub(crate) async fn start(web: Arc<Web>, request: PublicRequest) -> Answer {
    let started = web
        .identity
        .start_passkey_sign_in(&caller(&request))
        .map_err(of_identity)?;
    ceremony::started(&started)
}

/// `POST /sign-in/passkey/finish`
pub(crate) async fn finish(web: Arc<Web>, request: PublicRequest) -> Answer {
    let sent = ceremony::Finish::read(&request)?;
    let caller = caller(&request);
    let proved =
        web.identity
            .finish_passkey_sign_in(&sent.ceremony, sent.credential.get(), &caller);
    let signed_in = proved.await.map_err(of_identity)?;
    let cookie = cookie::set(cookie::SESSION, &signed_in.token, None);
    let next = json!({ "next": next(&web, &request) }).to_string();
    Ok(Response::json(StatusCode::OK, next).with_cookie(cookie))
}
