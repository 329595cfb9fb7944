use std::sync::Arc;

use ward_http::{Answer, PublicRequest, Response, StatusCode};

use crate::{Web, ceremony, error::of_identity, web::caller};

/// What a passkey is called before its owner names it.
const LABEL: &str = "First passkey";

/// `POST /enrol/{token}/passkey/start`
pub(crate) async fn start(web: Arc<Web>, request: PublicRequest) -> Answer {
    let started = web
        .identity
        .start_passkey_enrolment(request.parameter("token"));
    ceremony::started(&started.map_err(of_identity)?)
}

/// `POST /enrol/{token}/passkey/finish`
pub(crate) async fn finish(web: Arc<Web>, request: PublicRequest) -> Answer {
    let sent = ceremony::Finish::read(&request)?;
    let (token, credential) = (request.parameter("token"), sent.credential.get());
    let caller = caller(&request);
    let finished =
        web.identity
            .finish_passkey_enrolment(token, &sent.ceremony, credential, LABEL, &caller);
    finished.await.map_err(of_identity)?;
    Ok(Response::json(StatusCode::OK, ceremony::NEXT_ENROLLED))
}
