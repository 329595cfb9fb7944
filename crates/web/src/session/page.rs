use serde::Serialize;

use crate::render::Page;

/// Shown after signing out.
#[derive(Debug, Serialize)]
pub(crate) struct SignedOut;

impl Page for SignedOut {
    const TEMPLATE: &'static str = "signed_out.jinja";

    fn title(&self) -> String {
        "Signed out".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}
