use serde::Serialize;

use ward_http::{Answer, PublicRequest, StatusCode};

use crate::{layout::Layout, render::Page, web::page};

/// Shown after signing out.
#[derive(Debug, Serialize)]
pub(crate) struct SignedOut;

/// `GET /signed-out`
pub(crate) async fn show(_request: PublicRequest) -> Answer {
    page(StatusCode::OK, &Layout::public(), &SignedOut)
}

impl Page for SignedOut {
    const TEMPLATE: &'static str = "signed_out.jinja";

    fn title(&self) -> String {
        "Signed out".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}
