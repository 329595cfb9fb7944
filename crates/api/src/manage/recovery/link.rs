use std::sync::Arc;

use ward_access::Approve;
use ward_http::{Answer, AssuredRequest, StatusCode};

use super::Named;
use crate::{
    Api,
    manage::{
        account::link_shown,
        answer, caller,
        door::{may, named, refused},
        sent,
    },
};

/// `POST /manage/accounts/{id}/recovery/link`: given once.
pub(in crate::manage) async fn link(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Approve>(&api, &request).await?;
    let account = named(&api, &request)?.id();
    let Named { recovery } = sent(&request)?;
    let (assured, caller) = (&request.assured, caller(&request));
    let taken = api
        .identity
        .recovery_link(assured, account, &recovery, &caller);
    let link = taken.await.map_err(refused)?;
    answer(StatusCode::OK, &link_shown(&request, &link))
}
