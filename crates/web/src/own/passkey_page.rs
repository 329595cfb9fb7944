use serde::Serialize;

use crate::render::Page;

/// A new passkey.
#[derive(Debug, Serialize)]
pub(crate) struct AddPasskey;

/// One passkey: its name, and the way to remove it.
#[derive(Debug, Serialize)]
pub(crate) struct OnePasskey {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) added: String,
    pub(crate) last_used: String,
    /// There is no other way to sign in.
    pub(crate) is_last: bool,
}

impl Page for AddPasskey {
    const TEMPLATE: &'static str = "own/add_passkey.jinja";

    fn title(&self) -> String {
        "Add a passkey".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}

impl Page for OnePasskey {
    const TEMPLATE: &'static str = "own/passkey.jinja";

    fn title(&self) -> String {
        "A passkey of yours".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sample = |is_last| Self {
            id: "0f".repeat(16),
            label: "Work phone".to_owned(),
            added: "3 November 2026 at 09:10".to_owned(),
            last_used: "Not yet".to_owned(),
            is_last,
        };
        vec![sample(false), sample(true)]
    }
}
