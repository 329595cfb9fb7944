//! The recovery of somebody else's account: opened by one, approved by another, and its link taken
//! by the first when the time to stop it is over.

use std::sync::Arc;

use ward_access::Approve;
use ward_http::{Answer, AssuredRequest};

use super::{
    door::{may, named},
    link_page,
    standing::back,
};
use crate::{Web, step_up::ask_or_refuse, web::caller};

/// `POST /accounts/{id}/recovery/open`
pub(crate) async fn open(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?.id();
    let form = request.form()?;
    let notes = form.get("notes").unwrap_or_default();
    let (assured, caller) = (&request.assured, caller(&request));
    let opened = web
        .identity
        .open_recovery(assured, account, notes, &caller)
        .await;
    back(&web, &request, opened)
}

/// `POST /accounts/{id}/recovery/approve`
pub(crate) async fn approve(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?.id();
    let form = request.form()?;
    let recovery = form.get("recovery").unwrap_or_default();
    let (assured, caller) = (&request.assured, caller(&request));
    let approved = web
        .identity
        .approve_recovery(assured, account, recovery, &caller)
        .await;
    back(&web, &request, approved)
}

/// `POST /accounts/{id}/recovery/stop`
pub(crate) async fn stop(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?.id();
    let form = request.form()?;
    let recovery = form.get("recovery").unwrap_or_default();
    let (assured, caller) = (&request.assured, caller(&request));
    let stopped = web
        .identity
        .stop_recovery(assured, account, recovery, &caller)
        .await;
    back(&web, &request, stopped)
}

/// `POST /accounts/{id}/recovery/link`: shown once.
pub(crate) async fn link(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Approve>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?.id();
    let form = request.form()?;
    let recovery = form.get("recovery").unwrap_or_default();
    let (assured, caller) = (&request.assured, caller(&request));
    let taken = web
        .identity
        .recovery_link(assured, account, recovery, &caller)
        .await;
    match taken {
        Ok(link) => link_page::answer(&web, &request, &link, true),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}
