//! The accessibility statement.

use serde::Serialize;

use crate::render::Page;

/// The accessibility statement.
#[derive(Debug, Serialize)]
pub(crate) struct Accessibility;

impl Page for Accessibility {
    const TEMPLATE: &'static str = "accessibility.jinja";

    fn title(&self) -> String {
        "Accessibility statement".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self]
    }
}
