//! A page that leads to an app's own site, at once and without JavaScript.

use serde::Serialize;
use ward_http::{Answer, AssuredRequest, StatusCode};

use crate::{Web, render::Page, web::page};

/// Leads to another site.
#[derive(Debug, Serialize)]
pub(crate) struct LeavePage {
    /// What the app is called.
    name: String,
    /// Of its registration, with an answer or a launch.
    url: String,
}

/// The page that leads to a URL of an app.
pub(crate) fn leave(web: &Web, request: &AssuredRequest, name: String, url: String) -> Answer {
    let shown = LeavePage { name, url };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

impl Page for LeavePage {
    const TEMPLATE: &'static str = "leave.jinja";

    fn title(&self) -> String {
        "On to an app".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self {
            name: "Growth chart".to_owned(),
            url: "https://chart.example/callback?code=c2FtcGxl&state=1".to_owned(),
        }]
    }
}
