//! Who one is, how one signs in, and the way to end all of one's sessions.

use std::sync::Arc;

use serde::Serialize;
use ward_core::limits;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{FactorsView, PasskeyView};
use ward_log::Factors;

use super::notices::in_words as news;
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
    passkeys: Vec<PasskeyRow>,
    /// Whether there is a password with an authenticator app.
    password: bool,
    /// Whether the organisation's provider vouches for the account.
    federated: bool,
    /// Changes of the last weeks, the newest first.
    changes: Vec<String>,
}

/// One passkey.
#[derive(Debug, Serialize)]
struct PasskeyRow {
    id: String,
    label: String,
    added: String,
    last_used: String,
}

/// `GET /account`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let profile = assured.profile();
    let idle = limits::SESSION_IDLE.as_secs() / 60;
    let end = date::clock(assured.proved_at() + limits::SESSION_MAX);
    let factors = web
        .identity
        .factors(assured.organisation(), assured.account());
    let FactorsView {
        passkeys,
        password_and_totp,
        federated,
        ..
    } = factors.unwrap_or_default();
    let own = AccountPage {
        name: profile.display_name().to_owned(),
        sign_in_name: profile.name().to_string(),
        role: role_in_words(assured.role()),
        organisation: web.organisation(assured.organisation()).to_owned(),
        signed_in: date::moment(assured.proved_at()),
        factors: in_words(assured.factors()),
        ends: format!("After {idle} minutes without use, and at {end} in any case"),
        passkeys: passkeys.into_iter().map(row).collect(),
        password: password_and_totp,
        federated: federated.is_some(),
        changes: web.identity.notices(assured).iter().map(news).collect(),
    };
    page(StatusCode::OK, &web.layout_with_search(assured), &own)
}

fn row(passkey: PasskeyView) -> PasskeyRow {
    PasskeyRow {
        id: passkey.id,
        label: passkey.label,
        added: date::moment(passkey.created_at),
        last_used: passkey
            .last_used
            .map_or_else(|| "Not yet".to_owned(), date::moment),
    }
}

const fn in_words(factors: Factors) -> &'static str {
    if factors.contains(Factors::PASSKEY) {
        "A passkey"
    } else if factors.contains(Factors::FEDERATED) {
        "Your organisation’s sign-in"
    } else {
        "A password and a code"
    }
}

impl Page for AccountPage {
    const TEMPLATE: &'static str = "own/account.jinja";

    fn title(&self) -> String {
        "Your account".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let passkey = |label: &str, last_used: &str| PasskeyRow {
            id: "0f".repeat(16),
            label: label.to_owned(),
            added: "3 November 2026 at 09:10".to_owned(),
            last_used: last_used.to_owned(),
        };
        let sample = |passkeys, password, changes: Vec<String>| Self {
            name: "Asha Patel".to_owned(),
            sign_in_name: "a.patel@WRD01".to_owned(),
            role: "Clinician",
            organisation: "Moorland Health".to_owned(),
            signed_in: "23 November 2026 at 08:02".to_owned(),
            factors: "A passkey",
            ends: "After 15 minutes without use, and at 20:02 in any case".to_owned(),
            passkeys,
            password,
            federated: false,
            changes,
        };
        let federated = Self {
            federated: true,
            factors: "Your organisation’s sign-in",
            ..sample(Vec::new(), false, Vec::new())
        };
        let change = "A passkey, “Work phone”, was added on 3 November 2026 at 09:10.";
        vec![
            sample(
                vec![
                    passkey("First passkey", "23 November 2026 at 08:02"),
                    passkey("Work phone", "Not yet"),
                ],
                false,
                vec![change.to_owned()],
            ),
            sample(Vec::new(), true, Vec::new()),
            federated,
        ]
    }
}
