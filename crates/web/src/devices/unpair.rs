use std::sync::Arc;

use ward_access::ManageAccounts;
use ward_core::AccountId;
use ward_http::{Answer, AssuredRequest, HttpError, Response};

use crate::{Web, accounts::may, step_up::ask_or_refuse};

/// `POST /devices/{id}/unpair`: its next request fails, and its streams end.
pub(crate) async fn unpair(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let id: AccountId = request
        .parameter("id")
        .parse()
        .map_err(|_| HttpError::not_found())?;
    match web.identity.unpair_device(&request.assured, id).await {
        Ok(()) => Ok(Response::see_other("/devices")),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}
