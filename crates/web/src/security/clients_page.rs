use serde::Serialize;

use crate::render::Page;

/// Services and apps: what ends soon first.
#[derive(Debug, Serialize)]
pub(crate) struct ClientsPage {
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) enrolled_by: String,
    pub(super) approved_by: Option<String>,
    pub(super) expires: String,
    pub(super) last_used: Option<String>,
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
}

impl Page for ClientsPage {
    const TEMPLATE: &'static str = "security/clients.jinja";

    fn title(&self) -> String {
        "Services and apps".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |kind, approved: Option<&str>, state, colour| Row {
            kind,
            name: "Discharge letters".to_owned(),
            enrolled_by: "Sam Hill".to_owned(),
            approved_by: approved.map(str::to_owned),
            expires: "4 December 2026".to_owned(),
            last_used: approved.map(|_| "24 November 2026 at 08:02".to_owned()),
            state,
            colour,
        };
        let rows = vec![
            row("Service", Some("Ivy Cole"), "Expires soon", "orange"),
            row("App", None, "Waits for approval", "blue"),
        ];
        vec![Self { rows }, Self { rows: Vec::new() }]
    }
}
