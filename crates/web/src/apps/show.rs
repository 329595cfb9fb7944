use std::sync::Arc;

use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::App;

use super::{State, show_page::ShowApp};
use crate::{Web, accounts::may, authorize::scopes, date, web::page};

/// `GET /apps/{id}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let app = named(&web, &request)?;
    let organisation = request.assured.organisation();
    let state = State::of_app(&app, web.clock.now());
    let used = web.identity.app_last_used(app.id());
    let is_own = app.enrolled_by() == request.assured.account();
    let shown = ShowApp {
        id: app.id().to_string(),
        name: app.name().to_owned(),
        is_confidential: app.is_confidential(),
        redirect_uris: app.redirect_uris().map(ToOwned::to_owned).collect(),
        launch_url: app.launch_url().map(ToOwned::to_owned),
        scopes: app.scopes().to_string(),
        may: scopes::in_words(&app.scopes().resources),
        proposed_by: web.name_of(organisation, app.enrolled_by()),
        approved_by: app.approved_by().map(|by| web.name_of(organisation, by)),
        ends: date::moment(app.expires()),
        last_used: used.map_or_else(|| "Not yet".to_owned(), date::moment),
        state: state.in_words(),
        colour: state.colour(),
        can_approve: state == State::Waiting && !is_own,
        wants_another: state == State::Waiting && is_own,
        can_end: state != State::Ended,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// The app that a path names, of the own organisation.
pub(super) fn named(web: &Web, request: &AssuredRequest) -> Result<App, HttpError> {
    let apps = web.identity.apps(request.assured.organisation());
    let id = request.parameter("id").parse().ok();
    let found = apps.into_iter().find(|app| Some(app.id()) == id);
    found.ok_or_else(HttpError::not_found)
}
