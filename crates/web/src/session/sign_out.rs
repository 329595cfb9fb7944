use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, cookie};

use crate::{Web, error::of_identity, web::caller};

/// `POST /sign-out`: this session alone.
pub(crate) async fn here(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let ended = web
        .identity
        .sign_out(&request.assured, &caller(&request))
        .await;
    ended.map_err(of_identity).map(|()| gone())
}

/// `POST /sign-out-everywhere`: every session of the account.
pub(crate) async fn everywhere(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let ended = web.identity.sign_out_everywhere(&request.assured).await;
    ended.map_err(of_identity).map(|()| gone())
}

fn gone() -> Response {
    Response::see_other("/signed-out").with_cookie(cookie::clear(cookie::SESSION))
}
