//! What one has let apps do, and the end of it.

use std::sync::Arc;

use serde::Serialize;
use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};
use ward_identity::AppScopes;

use crate::{
    Web,
    authorize::scopes::{self, May},
    date,
    error::of_identity,
    render::Page,
    web::page,
};

/// The apps that one let in.
#[derive(Debug, Serialize)]
pub(crate) struct OwnApps {
    apps: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    /// Of what was allowed, not of the app.
    id: String,
    name: String,
    since: String,
    may: Vec<May>,
    /// It goes on after the session.
    offline: bool,
}

/// `GET /account/apps`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let given = web.identity.authorizations(&request.assured);
    let rows = given.into_iter().map(|one| {
        let scopes = AppScopes::parse(&one.scopes).unwrap_or_default();
        Row {
            id: one.id.to_string(),
            name: one.name,
            since: date::moment(one.began),
            may: scopes::in_words(&scopes.resources),
            offline: scopes.offline_access,
        }
    });
    let shown = OwnApps {
        apps: rows.collect(),
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// `POST /account/apps/{id}/take-back`: the app's next request is refused.
pub(crate) async fn take_back(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let id = request.parameter("id").parse();
    let id = id.map_err(|_| HttpError::not_found())?;
    let taken = web.identity.take_back(&request.assured, id).await;
    taken.map_err(of_identity)?;
    Ok(Response::see_other("/account/apps"))
}

impl Page for OwnApps {
    const TEMPLATE: &'static str = "own/apps.jinja";

    fn title(&self) -> String {
        "Apps that you let in".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |name: &str, text: &str, offline| Row {
            id: "0f".repeat(16),
            name: name.to_owned(),
            since: "23 November 2026 at 08:02".to_owned(),
            may: scopes::in_words(&ward_identity::Scopes::parse(text).unwrap_or_default()),
            offline,
        };
        let apps = vec![
            row("Growth chart", "patient/Observation.rs", false),
            row("Ward round", "user/*.cruds", true),
        ];
        vec![Self { apps }, Self { apps: Vec::new() }]
    }
}
