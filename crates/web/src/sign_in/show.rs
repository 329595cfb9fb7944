use std::sync::Arc;

use ward_http::{Answer, PublicRequest, StatusCode};

use super::SignIn;
use crate::{Web, layout::Layout, web::page};

/// `GET /sign-in`
pub(crate) async fn show(web: Arc<Web>, _request: PublicRequest) -> Answer {
    let shown = SignIn {
        providers: web.providers(None),
        ..SignIn::default()
    };
    page(StatusCode::OK, &Layout::public(), &shown)
}
