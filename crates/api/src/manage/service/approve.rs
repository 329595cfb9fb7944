use std::sync::Arc;

use ward_access::Approve;
use ward_http::{Answer, AssuredRequest};

use crate::{
    Api,
    manage::{
        done,
        door::{may, named_service, refused},
    },
};

/// `POST /manage/services/{id}/approve`: what somebody else proposed.
pub(in crate::manage) async fn approve(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Approve>(&api, &request).await?;
    let service = named_service(&api, &request)?.id();
    let approved = api.identity.approve_service(&request.assured, service);
    approved.await.map_err(refused)?;
    Ok(done())
}
