use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, StatusCode, cookie};

use crate::{Web, ceremony, error::of_identity, web::caller};

/// `POST /prove/passkey/start`
pub(crate) async fn start(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let started = web.identity.start_passkey_step_up(&request.assured);
    ceremony::started(&started.map_err(of_identity)?)
}

/// `POST /prove/passkey/finish`: another session in the place of this one, and on to where it was.
pub(crate) async fn finish(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let sent = ceremony::Finish::read(&request)?;
    let caller = caller(&request);
    let (ceremony, credential) = (&sent.ceremony, sent.credential.get());
    let proved =
        web.identity
            .finish_passkey_step_up(&request.assured, ceremony, credential, &caller);
    let signed_in = proved.await.map_err(of_identity)?;
    let (from, to) = (request.assured.session(), signed_in.session);
    web.drafts.follow(from, to, &sent.draft);
    let cookie = cookie::set(cookie::SESSION, &signed_in.token, None);
    Ok(Response::json(StatusCode::OK, ceremony::NEXT_PROVED).with_cookie(cookie))
}
