//! One's own password and authenticator app: changed together, or removed together.

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, StatusCode};
use ward_identity::{AppEnrolment, Error};

use crate::{
    Web,
    enrol::app_page,
    step_up::ask_or_refuse,
    web::{caller, page},
};

/// `GET /account/password`: a new key for the authenticator app each time.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    match web.identity.start_app_change(&request.assured) {
        Ok(app) => answer(&web, &request, &app, None, StatusCode::OK),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// `POST /account/password`: after a mistake, the same page with the same key.
pub(crate) async fn change(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default();
    let (ceremony, caller) = (field("ceremony"), caller(&request));
    let (password, code) = (field("password"), field("code"));
    let assured = &request.assured;
    let changed = web
        .identity
        .finish_app_change(assured, ceremony, password, code, &caller)
        .await;
    match changed {
        Ok(()) => Ok(Response::see_other("/account")),
        Err(mistake @ (Error::Password(_) | Error::Code)) => {
            match web.identity.app_change(assured, ceremony) {
                Ok(app) => {
                    let status = StatusCode::UNPROCESSABLE_ENTITY;
                    answer(&web, &request, &app, Some(&mistake), status)
                }
                Err(error) => ask_or_refuse(&web, &request, error),
            }
        }
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// `POST /account/password/remove`
pub(crate) async fn remove(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let removed = web
        .identity
        .remove_password(&request.assured, &caller(&request))
        .await;
    match removed {
        Ok(()) => Ok(Response::see_other("/account")),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

fn answer(
    web: &Web,
    request: &AssuredRequest,
    app: &AppEnrolment,
    mistake: Option<&Error>,
    status: StatusCode,
) -> Answer {
    let name = request.assured.profile().name().to_string();
    let shown = app_page("/account/password".to_owned(), name, app, mistake)?;
    page(status, &web.layout(&request.assured), &shown)
}
