use std::sync::Arc;

use ward_access::ManageAccounts;
use ward_http::{Answer, AssuredRequest, Response};
use ward_identity::Error;

use super::list::answer;
use crate::{Web, accounts::may, step_up::ask_or_refuse};

/// `POST /devices`: begins to pair one.
pub(crate) async fn begin(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default().trim();
    let name = field("name");
    let Ok(kind) = field("kind").parse() else {
        return answer(&web, &request, name, Some("Choose what it is for"));
    };
    match web.identity.open_pairing(&request.assured, name, kind) {
        Ok(id) => Ok(Response::see_other(&format!("/devices/pairings/{id}"))),
        Err(Error::NotPossible(why)) => answer(&web, &request, name, Some(why)),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}
