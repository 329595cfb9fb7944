//! Who one is, how one signed in, and the way to end all of one's sessions.

use std::sync::Arc;

use serde::Serialize;
use ward_core::limits;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_log::Factors;

use crate::{
    Web, date,
    render::Page,
    web::{page, role_in_words},
};

/// One's own account.
#[derive(Debug, Serialize)]
pub(crate) struct AccountPage {
    name: String,
    /// What one types to sign in.
    sign_in_name: String,
    role: &'static str,
    organisation: String,
    /// When the session began.
    signed_in: String,
    /// With what, in plain words.
    factors: &'static str,
    /// When the session ends.
    ends: String,
}

/// `GET /account`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let profile = assured.profile();
    let idle = limits::SESSION_IDLE.as_secs() / 60;
    let end = date::clock(assured.proved_at() + limits::SESSION_MAX);
    let own = AccountPage {
        name: profile.display_name().to_owned(),
        sign_in_name: profile.name().to_string(),
        role: role_in_words(assured.role()),
        organisation: web.organisation(assured.organisation()).to_owned(),
        signed_in: date::moment(assured.proved_at()),
        factors: in_words(assured.factors()),
        ends: format!("After {idle} minutes without use, and at {end} in any case"),
    };
    page(StatusCode::OK, &web.layout_with_search(assured), &own)
}

const fn in_words(factors: Factors) -> &'static str {
    if factors.contains(Factors::PASSKEY) {
        "A passkey"
    } else {
        "A password and a code"
    }
}

impl Page for AccountPage {
    const TEMPLATE: &'static str = "account.jinja";

    fn title(&self) -> String {
        "Your account".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self {
            name: "Asha Patel".to_owned(),
            sign_in_name: "a.patel@WRD01".to_owned(),
            role: "Clinician",
            organisation: "Moorland Health".to_owned(),
            signed_in: "23 November 2026 at 08:02".to_owned(),
            factors: "A passkey",
            ends: "After 15 minutes without use, and at 20:02 in any case".to_owned(),
        }]
    }
}
