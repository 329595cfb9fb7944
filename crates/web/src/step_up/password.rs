use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, cookie};
use ward_identity::Error;

use super::ask::{Wanted, show};
use crate::{Web, error::of_identity, web::caller};

/// `POST /prove/password`: password and code at once. A failure says the same whatever was wrong.
pub(crate) async fn finish(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default();
    let (password, code, draft) = (field("password"), field("code"), field("draft"));
    let proved = web
        .identity
        .step_up_with_password(&request.assured, password, code, &caller(&request))
        .await;
    match proved {
        Ok(signed_in) => {
            let (from, to) = (request.assured.session(), signed_in.session);
            web.drafts.follow(from, to, draft);
            let cookie = cookie::set(cookie::SESSION, &signed_in.token, None);
            Ok(Response::see_other("/prove/continue").with_cookie(cookie))
        }
        Err(Error::SignIn) => show(
            &web,
            &request.assured,
            draft.to_owned(),
            Wanted::Fresh,
            true,
        ),
        Err(error) => Err(of_identity(error)),
    }
}
