use serde::Serialize;
use ward_identity::Role;

use crate::{
    render::{Page, Problem},
    web::role_in_words,
};

/// The form of a new account.
#[derive(Debug, Serialize)]
pub(crate) struct AddAccount {
    name: String,
    display_name: String,
    practitioner: String,
    roles: Vec<Choice>,
    problems: Vec<Problem>,
    refused_name: Option<&'static str>,
    refused_display_name: Option<&'static str>,
    refused_role: Option<&'static str>,
    refused_practitioner: Option<&'static str>,
}

/// One role to choose.
#[derive(Debug, Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
    checked: bool,
}

/// What is wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Name,
    NameTaken,
    DisplayName,
    Role,
    Practitioner,
}

impl AddAccount {
    pub(super) fn new(
        name: &str,
        display_name: &str,
        role: &str,
        practitioner: &str,
        wrong: Option<Wrong>,
    ) -> Self {
        let people = Role::ALL.into_iter().filter(|role| role.is_person());
        let roles = people.map(|one| Choice {
            value: one.as_str(),
            text: role_in_words(one),
            checked: one.as_str() == role,
        });
        let told = wrong.map(Wrong::told);
        let of = |field: &str| {
            told.filter(|(href, _)| *href == field)
                .map(|(_, text)| text)
        };
        Self {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            practitioner: practitioner.to_owned(),
            roles: roles.collect(),
            problems: told
                .into_iter()
                .map(|(href, text)| Problem {
                    text: text.to_owned(),
                    href,
                })
                .collect(),
            refused_name: of("#name"),
            refused_display_name: of("#display_name"),
            refused_role: of("#role"),
            refused_practitioner: of("#practitioner"),
        }
    }
}

impl Wrong {
    /// The field, and what is said of it.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => (
                "#name",
                "Use letters a to z, digits and . - ' _, beginning with a letter or digit",
            ),
            Self::NameTaken => ("#name", "Somebody has this sign-in name"),
            Self::DisplayName => ("#display_name", "Type a name of up to 100 characters"),
            Self::Role => ("#role", "Choose a role"),
            Self::Practitioner => (
                "#practitioner",
                "This is no id of a Practitioner. Leave it empty if there is none",
            ),
        }
    }
}

impl Page for AddAccount {
    const TEMPLATE: &'static str = "accounts/add.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Add an account")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let wrong = [
            None,
            Some(Wrong::NameTaken),
            Some(Wrong::Role),
            Some(Wrong::DisplayName),
            Some(Wrong::Practitioner),
        ];
        wrong
            .map(|wrong| Self::new("a.patel", "Asha Patel", "clinician", "7", wrong))
            .into()
    }
}
