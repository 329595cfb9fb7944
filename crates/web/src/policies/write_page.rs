use serde::Serialize;

use crate::render::{Page, Problem};

/// The form for a policy.
#[derive(Debug, Serialize)]
pub(crate) struct WritePolicy {
    text: String,
    problems: Vec<Problem>,
    refused: Option<String>,
}

impl WritePolicy {
    /// With what was typed, and what is wrong with it.
    pub(super) fn new(text: &str, refused: Option<String>) -> Self {
        let problem = |text: &String| Problem {
            text: text.clone(),
            href: "#text",
        };
        Self {
            text: text.to_owned(),
            problems: refused.iter().map(problem).collect(),
            refused,
        }
    }
}

impl Page for WritePolicy {
    const TEMPLATE: &'static str = "policies/write.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Write a policy")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![
            Self::new("", None),
            Self::new(
                "permit everything",
                Some("line 1: unexpected token".to_owned()),
            ),
        ]
    }
}
