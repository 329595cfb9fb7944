use serde::Serialize;

use crate::render::Page;

/// People and their factors.
#[derive(Debug, Serialize)]
pub(crate) struct AccountsPage {
    pub(super) filters: Vec<Filter>,
    /// How many there are, unfiltered.
    pub(super) all: usize,
    pub(super) rows: Vec<Row>,
}

/// One thing to narrow the list by.
#[derive(Debug, Serialize)]
pub(super) struct Filter {
    pub(super) heading: &'static str,
    pub(super) choices: Vec<Choice>,
}

#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) text: &'static str,
    pub(super) href: String,
    pub(super) is_chosen: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) state: &'static str,
    pub(super) factors: String,
    /// It has no passkey.
    pub(super) is_weak: bool,
    pub(super) last_used: String,
}

impl Page for AccountsPage {
    const TEMPLATE: &'static str = "security/accounts.jinja";

    fn title(&self) -> String {
        "Accounts and factors".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let filters = || {
            let choice = |text, is_chosen| Choice {
                text,
                href: "/security/accounts?state=never".to_owned(),
                is_chosen,
            };
            vec![Filter {
                heading: "State",
                choices: vec![choice("All", false), choice("Never signed in", true)],
            }]
        };
        let row = |name: &str, factors: &str, is_weak, last_used: &str| Row {
            id: "0f".repeat(16),
            name: name.to_owned(),
            role: "Clinician",
            state: "Can sign in",
            factors: factors.to_owned(),
            is_weak,
            last_used: last_used.to_owned(),
        };
        let rows = vec![
            row(
                "Asha Patel",
                "2 passkeys",
                false,
                "24 November 2026 at 08:02",
            ),
            row("Sam Hill", "Nothing yet", true, "Never"),
        ];
        vec![
            Self {
                filters: filters(),
                all: 45,
                rows,
            },
            Self {
                filters: filters(),
                all: 45,
                rows: Vec::new(),
            },
        ]
    }
}
