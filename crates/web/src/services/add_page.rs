use serde::Serialize;

use crate::render::{Page, Problem};

/// The form of a new service.
#[derive(Debug, Serialize)]
pub(crate) struct AddService {
    typed: Typed,
    problems: Vec<Problem>,
    /// The field that is wrong, and what is said of it.
    refused: Refused,
}

/// What was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Typed {
    pub(super) display_name: String,
    pub(super) name: String,
    pub(super) jwks: String,
    pub(super) scopes: String,
    pub(super) days: String,
}

#[derive(Debug, Default, Serialize)]
struct Refused {
    display_name: Option<&'static str>,
    name: Option<&'static str>,
    jwks: Option<&'static str>,
    scopes: Option<&'static str>,
    days: Option<&'static str>,
}

/// What is wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    DisplayName,
    Name,
    NameTaken,
    Keys,
    Scopes,
    Days,
}

impl AddService {
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
                display_name: of("#display_name"),
                name: of("#name"),
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
            Self::DisplayName => ("#display_name", "Type a name of up to 100 characters"),
            Self::Name => (
                "#name",
                "Use letters a to z, digits and . - ' _, beginning with a letter or digit",
            ),
            Self::NameTaken => ("#name", "Another account has this name"),
            Self::Keys => (
                "#jwks",
                "This is no JWKS with public keys of P-384, or of RSA with 2048 bits or more",
            ),
            Self::Scopes => (
                "#scopes",
                "Type scopes of SMART 2 that begin with system, such as system/Observation.rs",
            ),
            Self::Days => ("#days", "Type a number of days from 1 to 366"),
        }
    }
}

impl Page for AddService {
    const TEMPLATE: &'static str = "services/add.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Propose a service")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let typed = Typed {
            display_name: "Laboratory results".to_owned(),
            name: "laboratory".to_owned(),
            scopes: "system/Observation.cu".to_owned(),
            days: "90".to_owned(),
            ..Typed::default()
        };
        let wrong = [
            None,
            Some(Wrong::DisplayName),
            Some(Wrong::Name),
            Some(Wrong::NameTaken),
            Some(Wrong::Keys),
            Some(Wrong::Scopes),
            Some(Wrong::Days),
        ];
        wrong.map(|wrong| Self::new(typed.clone(), wrong)).into()
    }
}
