use std::sync::Arc;

use ward_access::{Contain, ManageAccounts};
use ward_http::{Answer, AssuredRequest};
use ward_identity::Author;

use crate::{
    Api,
    manage::{
        done,
        door::{may, named, refused},
    },
};

/// `POST /manage/accounts/{id}/suspend`: its sessions end at once.
pub(in crate::manage) async fn suspend(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Contain>(&api, &request).await?;
    let account = named(&api, &request)?.id();
    let by = Author::Account(&request.assured);
    let suspended = api.identity.suspend(by, account).await;
    suspended.map_err(refused)?;
    Ok(done())
}

/// `POST /manage/accounts/{id}/resume`
pub(in crate::manage) async fn resume(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ManageAccounts>(&api, &request).await?;
    let account = named(&api, &request)?.id();
    let by = Author::Account(&request.assured);
    let resumed = api.identity.resume(by, account).await;
    resumed.map_err(refused)?;
    Ok(done())
}
