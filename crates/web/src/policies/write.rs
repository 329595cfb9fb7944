use std::sync::Arc;

use ward_access::{ManagePolicy, OwnPolicyError, ReadSecurity};
use ward_http::{Answer, AssuredRequest, Response, StatusCode};

use super::write_page::WritePolicy;
use crate::{Web, accounts::may, error::of_policies, web::page};

/// `GET /policies/write`: begins with what was written last.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManagePolicy>(&web, &request).await {
        return answer;
    }
    let grant = match may::<ReadSecurity>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let all = web.policies.list(&grant).map_err(of_policies)?;
    let text = all.first().map_or("", |newest| newest.text.as_str());
    let shown = WritePolicy::new(text, None);
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// `POST /policies/write`: keeps it as the draft, and begins to prove it.
pub(crate) async fn write(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match may::<ManagePolicy>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let form = request.form()?;
    // A browser sends lines that end as on a typewriter (HTML, form submission).
    let text = form.get("text").unwrap_or_default().replace("\r\n", "\n");
    let written = web
        .policies
        .write(grant, &request.assured, &text, request.id())
        .await;
    match written {
        Ok(number) => Ok(Response::see_other(&format!("/policies/{number}"))),
        Err(OwnPolicyError::Policy(wrong)) => {
            let shown = WritePolicy::new(&text, Some(wrong.to_string()));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(status, &web.layout(&request.assured), &shown)
        }
        Err(error) => Err(of_policies(error)),
    }
}
