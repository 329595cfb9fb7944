use ward_http::{Answer, PublicRequest, StatusCode};

use super::SignIn;
use crate::{layout::Layout, web::page};

/// `GET /sign-in`
pub(crate) async fn show(_request: PublicRequest) -> Answer {
    page(StatusCode::OK, &Layout::public(), &SignIn::default())
}
