//! The person's answer. The app is told in the browser, by a page that leads there at once: a
//! form's own answer may lead to no other site (`form-action 'self'`).

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, cookie};
use ward_identity::Error;

use crate::{Web, error::of_identity, leave::leave, step_up::ask_or_refuse, web::caller};

/// `POST /authorize/{request}/allow`
pub(crate) async fn allow(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (assured, name) = (&request.assured, request.parameter("request"));
    let app = web
        .identity
        .consent(assured, name)
        .map_err(of_identity)?
        .name;
    match web
        .identity
        .allow_app(assured, name, &caller(&request))
        .await
    {
        Ok(url) => back(&web, &request, app, url),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// `POST /authorize/{request}/deny`
pub(crate) async fn deny(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (assured, name) = (&request.assured, request.parameter("request"));
    let denied: Result<_, Error> = web
        .identity
        .consent(assured, name)
        .and_then(|asked| Ok((asked.name, web.identity.deny_app(assured, name)?)));
    let (app, url) = denied.map_err(of_identity)?;
    back(&web, &request, app, url)
}

fn back(web: &Web, request: &AssuredRequest, app: String, url: String) -> Answer {
    let page = leave(web, request, app, url)?;
    Ok(page.with_cookie(cookie::clear(cookie::ASKING)))
}
