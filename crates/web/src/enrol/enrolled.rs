use serde::Serialize;
use ward_http::{Answer, PublicRequest, StatusCode};

use crate::{layout::Layout, render::Page, web::page};

/// Shown once a way to sign in is set up.
#[derive(Debug, Serialize)]
pub(crate) struct Enrolled;

/// `GET /enrolled`
pub(crate) async fn show(_request: PublicRequest) -> Answer {
    page(StatusCode::OK, &Layout::public(), &Enrolled)
}

impl Page for Enrolled {
    const TEMPLATE: &'static str = "enrol/enrolled.jinja";

    fn title(&self) -> String {
        "You are set up".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}
