use std::sync::Arc;

use ward_access::ManageServices;
use ward_http::{Answer, AssuredRequest};

use super::named;
use crate::{
    Api,
    manage::{
        done,
        door::{may, refused},
    },
};

/// `POST /manage/apps/{id}/end`: for good, and what it was given ends at once.
pub(in crate::manage) async fn end(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ManageServices>(&api, &request).await?;
    let app = named(&request)?;
    let ended = api.identity.end_app(&request.assured, app).await;
    ended.map_err(refused)?;
    Ok(done())
}
