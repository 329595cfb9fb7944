use std::sync::Arc;

use ward_access::ManageAccounts;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Author;

use super::link_shown;
use crate::{
    Api,
    manage::{
        answer,
        door::{may, named, refused},
    },
};

/// `POST /manage/accounts/{id}/link`: another link for somebody who never set up a way to sign in.
pub(in crate::manage) async fn renew(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ManageAccounts>(&api, &request).await?;
    let account = named(&api, &request)?;
    let by = Author::Account(&request.assured);
    let renewed = api
        .identity
        .renew_enrolment(by, account.organisation(), account.id())
        .await;
    let link = renewed.map_err(refused)?;
    answer(StatusCode::OK, &link_shown(&request, &link))
}
