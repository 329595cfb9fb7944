use serde::Serialize;

use crate::render::Page;

/// The interruption.
#[derive(Debug, Serialize)]
pub(crate) struct Prove {
    /// Names what is kept of what was being done.
    pub(crate) draft: String,
    /// Whether a passkey is a way to prove it.
    pub(crate) passkey: bool,
    /// Whether a password and a code are.
    pub(crate) password: bool,
    /// What the account's provider is called, if one vouches for it.
    pub(crate) provider: Option<String>,
    /// The last attempt was refused.
    pub(crate) refused: bool,
}

/// A form that goes on where it was interrupted.
#[derive(Debug, Serialize)]
pub(crate) struct GoOn {
    /// Where the form was sent.
    pub(crate) address: String,
    /// What it held.
    pub(crate) fields: Vec<Field>,
}

/// A field that was kept.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Page for Prove {
    const TEMPLATE: &'static str = "step_up/prove.jinja";

    fn title(&self) -> String {
        let prefix = if self.refused { "Error: " } else { "" };
        format!("{prefix}Prove it is you to go on")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sample = |passkey, password, refused| Self {
            draft: "0f".repeat(16),
            passkey,
            password,
            provider: None,
            refused,
        };
        let by_provider = Self {
            provider: Some("Staff sign-in".to_owned()),
            ..sample(false, false, false)
        };
        vec![
            by_provider,
            sample(true, false, false),
            sample(false, true, false),
            sample(false, true, true),
            sample(false, false, false),
        ]
    }
}

impl Page for GoOn {
    const TEMPLATE: &'static str = "step_up/go_on.jinja";

    fn title(&self) -> String {
        "Go on".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self {
            address: "/accounts/add".to_owned(),
            fields: vec![Field {
                name: "display_name".to_owned(),
                value: "Asha Patel".to_owned(),
            }],
        }]
    }
}
