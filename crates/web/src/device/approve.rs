use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Error;

use super::{page::Decided, refused};
use crate::{
    Web,
    step_up::{Wanted, ask},
    web::page,
};

/// `POST /device/approve`: with a proof that is fresh and can't be phished.
pub(crate) async fn approve(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let code = form.get("user_code").unwrap_or_default();
    match web.identity.approve_command_line(&request.assured, code) {
        Ok(()) => {
            let shown = Decided { approved: true };
            page(StatusCode::OK, &web.layout(&request.assured), &shown)
        }
        Err(Error::FreshProof) => ask(&web, &request, Wanted::PhishingResistant),
        Err(error) => refused(&web, &request, error),
    }
}
