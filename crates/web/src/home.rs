//! The first page after signing in.

use serde::Serialize;

use crate::render::Page;

/// The first page after signing in.
#[derive(Debug, Serialize)]
pub(crate) struct Home {
    /// Good morning, with a name.
    greeting: String,
    sees_patients: bool,
    /// Whom this role sees, in plain words.
    reach: &'static str,
    /// For a role that sees no patients: what it is for.
    instead: &'static str,
}

impl Page for Home {
    const TEMPLATE: &'static str = "home.jinja";

    fn title(&self) -> String {
        "Home".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![
            Self {
                greeting: "Good morning, Asha".to_owned(),
                sees_patients: true,
                reach: "the patients of your organisation",
                instead: "",
            },
            Self {
                greeting: "Good evening, Sam".to_owned(),
                sees_patients: false,
                reach: "",
                instead: "Administrators look after accounts and see no patients.",
            },
        ]
    }
}
