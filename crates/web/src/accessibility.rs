//! The accessibility statement.

use serde::Serialize;

use ward_http::{Answer, PublicRequest, StatusCode};

use crate::{layout::Layout, render::Page, web::page};

/// `GET /accessibility`
pub(crate) async fn show(_request: PublicRequest) -> Answer {
    page(StatusCode::OK, &Layout::public(), &Accessibility)
}

/// The accessibility statement.
#[derive(Debug, Serialize)]
pub(crate) struct Accessibility;

impl Page for Accessibility {
    const TEMPLATE: &'static str = "accessibility.jinja";

    fn title(&self) -> String {
        "Accessibility statement".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}
