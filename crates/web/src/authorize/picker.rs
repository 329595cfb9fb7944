use serde::Serialize;

use crate::{patient::SearchPage, render::Page};

/// Who an app's request is about: found, and not chosen yet.
#[derive(Debug, Serialize)]
pub(crate) struct PickerPage {
    /// Names the request.
    pub(super) request: String,
    /// What the app is called.
    pub(super) name: String,
    pub(super) search: SearchPage,
}

impl Page for PickerPage {
    const TEMPLATE: &'static str = "authorize/patient.jinja";

    fn title(&self) -> String {
        let prefix = if self.search.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Choose a patient for an app")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sample = |search| Self {
            request: "c2FtcGxl".to_owned(),
            name: "Growth chart".to_owned(),
            search,
        };
        SearchPage::samples().into_iter().map(sample).collect()
    }
}
