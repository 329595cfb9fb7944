use std::sync::Arc;

use ward_access::Approve;
use ward_http::{Answer, AssuredRequest};

use super::named;
use crate::{
    Api,
    manage::{
        done,
        door::{may, refused},
    },
};

/// `POST /manage/apps/{id}/approve`: what somebody else proposed.
pub(in crate::manage) async fn approve(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Approve>(&api, &request).await?;
    let app = named(&request)?;
    let approved = api.identity.approve_app(&request.assured, app).await;
    approved.map_err(refused)?;
    Ok(done())
}
