//! Shutting an account out, and letting it in.

use std::sync::Arc;

use ward_access::{Contain, ManageAccounts};
use ward_http::{Answer, AssuredRequest, Response};
use ward_identity::{Author, Error};

use super::door::{may, named};
use crate::{Web, step_up::ask_or_refuse};

/// `POST /accounts/{id}/suspend`: its sessions end at once.
pub(crate) async fn suspend(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Contain>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?;
    let by = Author::Account(&request.assured);
    let suspended = web.identity.suspend(by, account.id()).await;
    back(&web, &request, suspended)
}

/// `POST /accounts/{id}/resume`
pub(crate) async fn resume(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?;
    let by = Author::Account(&request.assured);
    let resumed = web.identity.resume(by, account.id()).await;
    back(&web, &request, resumed)
}

/// Back to the account's page, or to what to do first.
pub(super) fn back(web: &Web, request: &AssuredRequest, done: Result<(), Error>) -> Answer {
    match done {
        Ok(()) => {
            let id = request.parameter("id");
            Ok(Response::see_other(&format!("/accounts/{id}")))
        }
        Err(error) => ask_or_refuse(web, request, error),
    }
}
