//! Who one is, how one signed in, and the way to end all of one's sessions.

use serde::Serialize;

use crate::render::Page;

/// One's own account.
#[derive(Debug, Serialize)]
pub(crate) struct AccountPage {
    name: String,
    role: &'static str,
    organisation: String,
    /// When the session began.
    signed_in: String,
    /// With what, in plain words.
    factors: String,
    /// When the session ends.
    ends: String,
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
            role: "Clinician",
            organisation: "Moorland Health".to_owned(),
            signed_in: "23 November 2026 at 08:02".to_owned(),
            factors: "Passkey".to_owned(),
            ends: "After 15 minutes without use, at 20:02 in any case".to_owned(),
        }]
    }
}
