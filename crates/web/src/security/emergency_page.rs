use serde::Serialize;

use crate::render::Page;

/// What was opened in an emergency.
#[derive(Debug, Serialize)]
pub(crate) struct EmergencyPage {
    pub(super) to_review: Vec<Row>,
    pub(super) reviewed: Vec<Row>,
}

/// One record opened in an emergency. The patient is behind a link, not on the page.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) patient: String,
    pub(super) who: String,
    pub(super) reason: String,
    pub(super) began: String,
    pub(super) ends: String,
    /// The record is open at this moment.
    pub(super) is_open: bool,
    pub(super) in_order: Option<bool>,
    pub(super) found: Option<String>,
}

impl Page for EmergencyPage {
    const TEMPLATE: &'static str = "security/emergency.jinja";

    fn title(&self) -> String {
        "Emergency access".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |id: &str, in_order: Option<bool>| Row {
            id: id.repeat(16),
            patient: "p-1".to_owned(),
            who: "Asha Patel".to_owned(),
            reason: "Unconscious on arrival, no care team yet".to_owned(),
            began: "24 November 2026 at 08:02".to_owned(),
            ends: "24 November 2026 at 09:02".to_owned(),
            is_open: in_order.is_none(),
            in_order,
            found: in_order.map(|_| "In order, says Ivy Cole: seen in the arrivals".to_owned()),
        };
        vec![
            Self {
                to_review: vec![row("0a", None), row("0b", None)],
                reviewed: vec![row("0c", Some(true)), row("0d", Some(false))],
            },
            Self {
                to_review: Vec::new(),
                reviewed: Vec::new(),
            },
        ]
    }
}
