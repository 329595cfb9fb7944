use std::sync::Arc;

use ward_access::ManageAccounts;
use ward_http::{Answer, AssuredRequest};
use ward_identity::Author;

use super::{
    door::{may, named},
    link_page,
};
use crate::{Web, step_up::ask_or_refuse};

/// `POST /accounts/{id}/link`: another link for somebody who never set up a way to sign in.
pub(crate) async fn renew(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?;
    let by = Author::Account(&request.assured);
    let renewed = web
        .identity
        .renew_enrolment(by, account.organisation(), account.id())
        .await;
    match renewed {
        Ok(link) => link_page::answer(&web, &request, &link, false),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}
