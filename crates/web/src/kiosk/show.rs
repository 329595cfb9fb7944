use serde::Serialize;
use ward_http::{Answer, PublicRequest, StatusCode};

use crate::{layout::Layout, render::Page, web::page};

/// The page that a device is left open at. It is the same for every one: what it is, its browser
/// knows.
#[derive(Debug, Serialize)]
pub(crate) struct PairPage;

/// `GET /pair`
pub(crate) async fn show(_request: PublicRequest) -> Answer {
    page(StatusCode::OK, &Layout::public(), &PairPage)
}

impl Page for PairPage {
    const TEMPLATE: &'static str = "devices/pair.jinja";

    fn title(&self) -> String {
        "This device".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}
