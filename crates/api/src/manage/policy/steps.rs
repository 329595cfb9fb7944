//! What is done to a policy, each by whom policy lets do it.

use std::sync::Arc;

use ward_access::{Approve, Contain, ManagePolicy};
use ward_http::{Answer, AssuredRequest};

use super::{Policies, number, refused};
use crate::manage::{done, door::may};

/// `POST /manage/policies/{number}/activate`: by another than who wrote it, and proved once more.
pub(super) async fn activate(policies: Arc<Policies>, request: AssuredRequest) -> Answer {
    let grant = may::<Approve>(&policies.api, &request).await?;
    let (number, assured) = (number(&request)?, &request.assured);
    let activated = policies.own.activate(grant, assured, number, request.id());
    activated.await.map_err(refused)?;
    Ok(done())
}

/// `POST /manage/policies/{number}/withdraw`
pub(super) async fn withdraw(policies: Arc<Policies>, request: AssuredRequest) -> Answer {
    let grant = may::<ManagePolicy>(&policies.api, &request).await?;
    let (number, assured) = (number(&request)?, &request.assured);
    let withdrawn = policies.own.withdraw(grant, assured, number, request.id());
    withdrawn.await.map_err(refused)?;
    Ok(done())
}

/// `POST /manage/policies/{number}/narrow`: its permits go out of force.
pub(super) async fn narrow(policies: Arc<Policies>, request: AssuredRequest) -> Answer {
    let grant = may::<Contain>(&policies.api, &request).await?;
    let (number, assured) = (number(&request)?, &request.assured);
    let narrowed = policies.own.narrow(grant, assured, number, request.id());
    narrowed.await.map_err(refused)?;
    Ok(done())
}
