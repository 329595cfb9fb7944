use serde::Serialize;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::EnrolmentLink;

use crate::{Web, date, render::Page, web::page};

/// An enrolment link, shown once.
#[derive(Debug, Serialize)]
pub(crate) struct LinkPage {
    id: String,
    name: String,
    link: String,
    expires: String,
    /// Of a recovery: all former factors go.
    recovers: bool,
    /// Somebody else lets the account in first.
    waits: bool,
}

/// The page with a new link. It is in no log, and nowhere else.
pub(super) fn answer(
    web: &Web,
    request: &AssuredRequest,
    link: &EnrolmentLink,
    recovers: bool,
) -> Answer {
    let organisation = request.assured.organisation();
    let account = web
        .identity
        .account(organisation, link.account)
        .ok_or_else(HttpError::not_found)?;
    let path = format!("/enrol/{}", link.token.expose());
    let shown = LinkPage {
        id: account.id().to_string(),
        name: account.display_name().to_owned(),
        link: request.origin().url(&path),
        expires: date::moment(link.expires),
        recovers,
        waits: account.suspended(),
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

impl Page for LinkPage {
    const TEMPLATE: &'static str = "accounts/link.jinja";

    fn title(&self) -> String {
        "A link, shown once".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sample = |recovers, waits| Self {
            id: "0f".repeat(16),
            name: "Asha Patel".to_owned(),
            link: "ward.example/enrol/c2FtcGxl".to_owned(),
            expires: "26 November 2026 at 09:10".to_owned(),
            recovers,
            waits,
        };
        vec![
            sample(false, false),
            sample(true, false),
            sample(false, true),
        ]
    }
}
