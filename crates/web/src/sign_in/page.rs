use serde::Serialize;

use crate::render::Page;

/// The sign-in page.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SignIn {
    /// The last attempt was refused. The page says the same whatever was wrong with it.
    pub(crate) refused: bool,
    /// The sign-in name that was typed.
    pub(crate) name: String,
    /// The providers that organisations have.
    pub(crate) providers: Vec<Choice>,
}

/// One provider to sign in with.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choice {
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// Whose people it vouches for.
    pub(crate) organisation: String,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "sign_in.jinja";

    fn title(&self) -> String {
        if self.refused {
            "Error: Sign in"
        } else {
            "Sign in"
        }
        .to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![
            Self::default(),
            Self {
                refused: true,
                name: "a.patel@WRD01".to_owned(),
                providers: vec![Choice {
                    id: "0f".repeat(16),
                    name: "Staff sign-in".to_owned(),
                    organisation: "Moorland Health".to_owned(),
                }],
            },
        ]
    }
}
