//! The recovery of somebody else's account: opened by one, approved by another, and its link taken
//! by the first when the time to stop it is over.

use std::sync::Arc;

use ward_access::Approve;
use ward_core::AccountId;
use ward_http::{Answer, AssuredRequest};

use super::{
    door::{may, named},
    link_page,
    standing::back,
};
use crate::{Web, step_up::ask_or_refuse, web::caller};

/// `POST /accounts/{id}/recovery/open`
pub(crate) async fn open(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (account, notes) = match asked(&web, &request, "notes").await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let (assured, caller) = (&request.assured, caller(&request));
    let opened = web
        .identity
        .open_recovery(assured, account, &notes, &caller)
        .await;
    back(&web, &request, opened)
}

/// `POST /accounts/{id}/recovery/approve`
pub(crate) async fn approve(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (account, recovery) = match asked(&web, &request, "recovery").await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let (assured, caller) = (&request.assured, caller(&request));
    let approved = web
        .identity
        .approve_recovery(assured, account, &recovery, &caller)
        .await;
    back(&web, &request, approved)
}

/// `POST /accounts/{id}/recovery/stop`
pub(crate) async fn stop(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (account, recovery) = match asked(&web, &request, "recovery").await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let (assured, caller) = (&request.assured, caller(&request));
    let stopped = web
        .identity
        .stop_recovery(assured, account, &recovery, &caller)
        .await;
    back(&web, &request, stopped)
}

/// `POST /accounts/{id}/recovery/link`: shown once.
pub(crate) async fn link(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (account, recovery) = match asked(&web, &request, "recovery").await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let (assured, caller) = (&request.assured, caller(&request));
    let taken = web
        .identity
        .recovery_link(assured, account, &recovery, &caller)
        .await;
    match taken {
        Ok(link) => link_page::answer(&web, &request, &link, true),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// What every step begins with: whether policy lets the account take it, whose recovery it is, and
/// what one field of the form says.
async fn asked(
    web: &Web,
    request: &AssuredRequest,
    field: &str,
) -> Result<(AccountId, String), Answer> {
    may::<Approve>(web, request).await?;
    let account = named(web, request).map_err(Err)?.id();
    let form = request.form().map_err(Err)?;
    let value = form.get(field).unwrap_or_default().to_owned();
    Ok((account, value))
}
