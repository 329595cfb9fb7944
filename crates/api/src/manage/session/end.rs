use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError};

use crate::{
    Api,
    manage::{done, door::refused},
};

/// `DELETE /manage/session`: the command line that asks.
pub(in crate::manage) async fn this(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let ended = api.identity.end_own_session(assured, assured.session());
    ended.await.map_err(refused)?;
    Ok(done())
}

/// `DELETE /manage/sessions/{id}`: no proof is asked for beside the token, as to end is the safe
/// side.
pub(in crate::manage) async fn one(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let id = request.parameter("id").parse();
    let id = id.map_err(|_| HttpError::not_found())?;
    let ended = api.identity.end_own_session(&request.assured, id);
    ended.await.map_err(refused)?;
    Ok(done())
}

/// `DELETE /manage/sessions`: everywhere, this one included.
pub(in crate::manage) async fn all(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let ended = api.identity.sign_out_everywhere(&request.assured);
    ended.await.map_err(refused)?;
    Ok(done())
}
