//! The first page after signing in.

use std::sync::Arc;

use serde::Serialize;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Role;

use crate::{
    Web, date,
    render::Page,
    web::{keeps_accounts, page, sees_patients},
};

/// The first page after signing in.
#[derive(Debug, Serialize)]
pub(crate) struct Home {
    /// Good morning, with a name.
    greeting: String,
    sees_patients: bool,
    /// Whether the way to the accounts is shown.
    keeps_accounts: bool,
    /// What this role does here, in plain words.
    about: &'static str,
}

/// `GET /`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let home = Home {
        greeting: greeting(
            date::hour(web.clock.now()),
            assured.profile().display_name(),
        ),
        sees_patients: sees_patients(assured.role()),
        keeps_accounts: keeps_accounts(assured.role()),
        about: about(assured.role()),
    };
    page(StatusCode::OK, &web.layout(assured), &home)
}

fn greeting(hour: i8, name: &str) -> String {
    let part = match hour {
        4..12 => "morning",
        12..18 => "afternoon",
        _ => "evening",
    };
    format!("Good {part}, {name}")
}

const fn about(role: Role) -> &'static str {
    match role {
        Role::Clinician => "You open the records of patients in whose care team you are.",
        Role::CallHandler => "You find callers, and open what is needed for their call.",
        Role::Receptionist => "You find those who arrive, and see who they are.",
        Role::Carer => "You open the records of the people you care for.",
        Role::InformationGovernance => "You see who looked at which record, and why they could.",
        Role::Administrator | Role::Service | Role::Device => {
            "Administrators look after accounts, and see no patients."
        }
    }
}

impl Page for Home {
    const TEMPLATE: &'static str = "home.jinja";

    fn title(&self) -> String {
        "Home".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let home = |hour, name, role| Self {
            greeting: greeting(hour, name),
            sees_patients: sees_patients(role),
            keeps_accounts: keeps_accounts(role),
            about: about(role),
        };
        vec![
            home(8, "Asha Patel", Role::Clinician),
            home(19, "Sam Hill", Role::Administrator),
        ]
    }
}
