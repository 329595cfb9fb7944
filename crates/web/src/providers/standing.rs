use std::sync::Arc;

use ward_access::{Approve, Contain};
use ward_http::{Answer, AssuredRequest, Response};

use super::show::named;
use crate::{Web, accounts::may, step_up::ask_or_refuse};

/// `POST /providers/{id}/approve`
pub(crate) async fn approve(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let id = named(&web, &request)?.id();
    match web.identity.approve_provider(&request.assured, id).await {
        Ok(()) => Ok(Response::see_other(&format!("/providers/{id}"))),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// `POST /providers/{id}/end`: for good, with the sessions of those for whom it vouched.
pub(crate) async fn end(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Contain>(&web, &request).await {
        return answer;
    }
    let id = named(&web, &request)?.id();
    match web.identity.end_provider(&request.assured, id).await {
        Ok(()) => Ok(Response::see_other(&format!("/providers/{id}"))),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}
