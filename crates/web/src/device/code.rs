use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, StatusCode};

use super::{
    page::{Decide, TypeCode},
    refused,
};
use crate::{
    Web,
    web::{page, role_in_words},
};

/// `GET /device`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let shown = TypeCode { refused: false };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// `POST /device`: who asks under the code that was typed.
pub(crate) async fn look(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let code = form.get("code").unwrap_or_default();
    let assured = &request.assured;
    match web.identity.command_line_asks(assured, code) {
        Ok(asks) => {
            let role = role_in_words(assured.role());
            let shown = Decide::new(asks, request.address(), role, web.clock.now());
            page(StatusCode::OK, &web.layout(assured), &shown)
        }
        Err(error) => refused(&web, &request, error),
    }
}
