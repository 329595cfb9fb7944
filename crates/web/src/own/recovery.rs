use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response};

use crate::{Web, error::of_identity, web::caller};

/// `POST /account/recovery/stop`: the person themself stops the recovery of their account. No
/// proof is asked for beside the session: to stop is the safe side.
pub(crate) async fn stop(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let recovery = form.get("recovery").unwrap_or_default();
    let assured = &request.assured;
    let (own, caller) = (assured.account(), caller(&request));
    let stopped = web
        .identity
        .stop_recovery(assured, own, recovery, &caller)
        .await;
    stopped.map_err(of_identity)?;
    Ok(Response::see_other("/account"))
}
