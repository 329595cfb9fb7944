use std::sync::Arc;

use ward_access::Approve;
use ward_http::{Answer, AssuredRequest};

use super::Named;
use crate::{
    Api,
    manage::{
        caller, done,
        door::{may, named, refused},
        sent,
    },
};

/// `POST /manage/accounts/{id}/recovery/approve`
pub(in crate::manage) async fn approve(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Approve>(&api, &request).await?;
    let account = named(&api, &request)?.id();
    let Named { recovery } = sent(&request)?;
    let (assured, caller) = (&request.assured, caller(&request));
    let done_so = api
        .identity
        .approve_recovery(assured, account, &recovery, &caller);
    done_so.await.map_err(refused)?;
    Ok(done())
}
