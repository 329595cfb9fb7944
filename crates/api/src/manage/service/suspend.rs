use std::sync::Arc;

use ward_access::Contain;
use ward_http::{Answer, AssuredRequest};
use ward_identity::Author;

use crate::{
    Api,
    manage::{
        done,
        door::{may, named_service, refused},
    },
};

/// `POST /manage/services/{id}/suspend`: its tokens end at once.
pub(in crate::manage) async fn suspend(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Contain>(&api, &request).await?;
    let service = named_service(&api, &request)?.id();
    let by = Author::Account(&request.assured);
    let suspended = api.identity.suspend(by, service).await;
    suspended.map_err(refused)?;
    Ok(done())
}
