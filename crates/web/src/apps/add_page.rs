use serde::Serialize;

use crate::render::{Page, Problem};

/// The form of a new app.
#[derive(Debug, Serialize)]
pub(crate) struct AddApp {
    typed: Typed,
    problems: Vec<Problem>,
    /// The field that is wrong, and what is said of it.
    refused: Refused,
}

/// What was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Typed {
    pub(super) name: String,
    /// One a line.
    pub(super) redirect_uris: String,
    pub(super) launch_url: String,
    pub(super) jwks: String,
    pub(super) scopes: String,
    pub(super) days: String,
}

#[derive(Debug, Default, Serialize)]
struct Refused {
    name: Option<&'static str>,
    redirect_uris: Option<&'static str>,
    launch_url: Option<&'static str>,
    jwks: Option<&'static str>,
    scopes: Option<&'static str>,
    days: Option<&'static str>,
}

/// What is wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Name,
    RedirectUris,
    LaunchUrl,
    Keys,
    Scopes,
    Days,
}

impl AddApp {
    pub(super) fn new(typed: Typed, wrong: Option<Wrong>) -> Self {
        let told = wrong.map(Wrong::told);
        let of = |field: &str| {
            told.filter(|(href, _)| *href == field)
                .map(|(_, text)| text)
        };
        let problem = |(href, text): (_, &str)| Problem {
            text: text.to_owned(),
            href,
        };
        Self {
            typed,
            problems: told.into_iter().map(problem).collect(),
            refused: Refused {
                name: of("#name"),
                redirect_uris: of("#redirect_uris"),
                launch_url: of("#launch_url"),
                jwks: of("#jwks"),
                scopes: of("#scopes"),
                days: of("#days"),
            },
        }
    }
}

impl Wrong {
    /// The field, and what is said of it.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("#name", "Type a name of up to 100 characters"),
            Self::RedirectUris => (
                "#redirect_uris",
                "Type 1 to 10 addresses, each https, or http to 127.0.0.1 or localhost, as a browser writes it",
            ),
            Self::LaunchUrl => (
                "#launch_url",
                "Type an address of https, or leave it empty if the app is not opened from a patient’s page",
            ),
            Self::Keys => (
                "#jwks",
                "This is no JWKS with public keys of P-384, or of RSA with 2048 bits or more",
            ),
            Self::Scopes => (
                "#scopes",
                "Type scopes of SMART 2, at least one of them user or patient, such as patient/Observation.rs",
            ),
            Self::Days => ("#days", "Type a number of days from 1 to 366"),
        }
    }
}

impl Page for AddApp {
    const TEMPLATE: &'static str = "apps/add.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Propose an app")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let typed = Typed {
            name: "Growth chart".to_owned(),
            scopes: "launch patient/Observation.rs".to_owned(),
            days: "90".to_owned(),
            ..Typed::default()
        };
        let wrong = [
            None,
            Some(Wrong::Name),
            Some(Wrong::RedirectUris),
            Some(Wrong::LaunchUrl),
            Some(Wrong::Keys),
            Some(Wrong::Scopes),
            Some(Wrong::Days),
        ];
        wrong.map(|wrong| Self::new(typed.clone(), wrong)).into()
    }
}
