use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, StatusCode};

use super::{page::Decided, refused};
use crate::{Web, web::page};

/// `POST /device/deny`
pub(crate) async fn deny(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let code = form.get("user_code").unwrap_or_default();
    match web.identity.deny_command_line(&request.assured, code) {
        Ok(()) => {
            let shown = Decided { approved: false };
            page(StatusCode::OK, &web.layout(&request.assured), &shown)
        }
        Err(error) => refused(&web, &request, error),
    }
}
