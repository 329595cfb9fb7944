//! Letting a proposed service in; shutting one out, and letting it in again.

use std::sync::Arc;

use ward_access::{Approve, Contain, ManageServices};
use ward_http::{Answer, AssuredRequest, Response};
use ward_identity::{Author, Error};

use super::show::named;
use crate::{Web, accounts::may, step_up::ask_or_refuse};

/// `POST /services/{id}/approve`
pub(crate) async fn approve(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let service = named(&web, &request)?.id();
    let approved = web
        .identity
        .approve_service(&request.assured, service)
        .await;
    back(&web, &request, approved)
}

/// `POST /services/{id}/suspend`: its tokens end at once.
pub(crate) async fn suspend(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Contain>(&web, &request).await {
        return answer;
    }
    let service = named(&web, &request)?.id();
    let by = Author::Account(&request.assured);
    let suspended = web.identity.suspend(by, service).await;
    back(&web, &request, suspended)
}

/// `POST /services/{id}/resume`
pub(crate) async fn resume(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let service = named(&web, &request)?.id();
    let by = Author::Account(&request.assured);
    let resumed = web.identity.resume(by, service).await;
    back(&web, &request, resumed)
}

fn back(web: &Web, request: &AssuredRequest, done: Result<(), Error>) -> Answer {
    match done {
        Ok(()) => {
            let id = request.parameter("id");
            Ok(Response::see_other(&format!("/services/{id}")))
        }
        Err(error) => ask_or_refuse(web, request, error),
    }
}
