use std::sync::Arc;

use serde::Serialize;
use ward_access::ReadSecurity;
use ward_core::Timestamp;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Role;

use super::State;
use crate::{Web, accounts::may, date, render::Page, web::page};

/// The organisation's apps and services.
#[derive(Debug, Serialize)]
pub(crate) struct AppList {
    apps: Vec<Row>,
    services: Vec<Row>,
    /// Whether the reader proposes new ones.
    adds: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    name: String,
    last_used: String,
    ends: String,
    state: &'static str,
    colour: &'static str,
}

/// `GET /apps`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let (now, organisation) = (web.clock.now(), request.assured.organisation());
    let apps = web.identity.apps(organisation).into_iter().map(|app| {
        let used = web.identity.app_last_used(app.id());
        let state = State::of_app(&app, now);
        row(
            app.id().to_string(),
            app.name(),
            (used, app.expires()),
            state,
        )
    });
    let services = web.identity.accounts(organisation).into_iter();
    let services = services.filter_map(|account| {
        let state = State::of_service(&account, now)?;
        let used = web.identity.service_last_used(account.id());
        let (name, ends) = (account.display_name(), account.service()?.expires());
        Some(row(account.id().to_string(), name, (used, ends), state))
    });
    let shown = AppList {
        apps: apps.collect(),
        services: services.collect(),
        adds: request.assured.role() == Role::Administrator,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

fn row(id: String, name: &str, times: (Option<Timestamp>, Timestamp), state: State) -> Row {
    let (used, ends) = times;
    Row {
        id,
        name: name.to_owned(),
        last_used: used.map_or_else(|| "Not yet".to_owned(), date::moment),
        ends: date::day(date::today(ends)),
        state: state.in_words(),
        colour: state.colour(),
    }
}

impl Page for AppList {
    const TEMPLATE: &'static str = "apps/list.jinja";

    fn title(&self) -> String {
        "Apps and services".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |name: &str, last_used: &str, state: State| Row {
            id: "0f".repeat(16),
            name: name.to_owned(),
            last_used: last_used.to_owned(),
            ends: "1 March 2027".to_owned(),
            state: state.in_words(),
            colour: state.colour(),
        };
        let used = "23 November 2026 at 08:02";
        let full = Self {
            apps: vec![
                row("Growth chart", used, State::Works),
                row("Ward round", "Not yet", State::Waiting),
                row("Old letters", used, State::Ended),
            ],
            services: vec![
                row("Laboratory results", used, State::EndsSoon),
                row("Theatre lists", used, State::Suspended),
                row("Post room", used, State::Expired),
            ],
            adds: true,
        };
        let (apps, services) = (Vec::new(), Vec::new());
        vec![
            full,
            Self {
                apps,
                services,
                adds: false,
            },
        ]
    }
}
