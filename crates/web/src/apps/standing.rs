//! Letting a proposed app in, and ending one.

use std::sync::Arc;

use ward_access::{Approve, Contain};
use ward_http::{Answer, AssuredRequest, Response};
use ward_identity::Error;

use super::show::named;
use crate::{Web, accounts::may, step_up::ask_or_refuse};

/// `POST /apps/{id}/approve`
pub(crate) async fn approve(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let app = named(&web, &request)?.id();
    let approved = web.identity.approve_app(&request.assured, app).await;
    back(&web, &request, approved)
}

/// `POST /apps/{id}/end`: for good; the next request of the app is refused.
pub(crate) async fn end(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Contain>(&web, &request).await {
        return answer;
    }
    let app = named(&web, &request)?.id();
    let ended = web.identity.end_app(&request.assured, app).await;
    back(&web, &request, ended)
}

fn back(web: &Web, request: &AssuredRequest, done: Result<(), Error>) -> Answer {
    match done {
        Ok(()) => {
            let id = request.parameter("id");
            Ok(Response::see_other(&format!("/apps/{id}")))
        }
        Err(error) => ask_or_refuse(web, request, error),
    }
}
