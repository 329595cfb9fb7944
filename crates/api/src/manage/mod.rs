//! Administration for command lines: `/manage`, as JSON. The same calls and the same decisions as
//! the pages have; who asks is a person, by their own token of scope `ward/manage`.
//!
//! Every path is about the organisation of who asks: none names another. An error is
//! `{"error", "text", "request"}`; times are instants of RFC 3339.

mod account;
mod app;
mod coverage;
mod coverage_report;
mod door;
pub(crate) mod policy;
mod recovery;
mod service;
mod session;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use ward_core::Timestamp;
use ward_http::{
    Answer, AssuredRequest, Credential::Manage, HttpError, Kind, Method, Response, Route,
    StatusCode, with,
};

pub(crate) use self::coverage::routes as coverage_routes;
use crate::Api;

pub(crate) fn routes(api: &Arc<Api>) -> Vec<Route> {
    let mut routes = own_sessions(api);
    routes.extend(accounts(api));
    routes.extend(recoveries(api));
    routes.extend(clients(api));
    routes
}

fn own_sessions(api: &Arc<Api>) -> Vec<Route> {
    const OWN: &str = "own sessions";
    let (get, delete) = (Method::GET, Method::DELETE);
    let (this, all) = ("/manage/session", "/manage/sessions");
    vec![
        Route::assured(
            get.clone(),
            this,
            OWN,
            Manage,
            with(api, session::show::show),
        ),
        Route::assured(
            delete.clone(),
            this,
            OWN,
            Manage,
            with(api, session::end::this),
        ),
        Route::assured(get, all, OWN, Manage, with(api, session::list::list)),
        Route::assured(
            delete.clone(),
            all,
            OWN,
            Manage,
            with(api, session::end::all),
        ),
        Route::assured(
            delete,
            "/manage/sessions/{id}",
            OWN,
            Manage,
            with(api, session::end::one),
        ),
    ]
}

fn accounts(api: &Arc<Api>) -> Vec<Route> {
    const LOOK: &str = "accounts";
    const MANAGE: &str = "manage accounts";
    let (get, post) = (Method::GET, Method::POST);
    let all = "/manage/accounts";
    vec![
        Route::assured(
            get.clone(),
            all,
            LOOK,
            Manage,
            with(api, account::list::list),
        ),
        Route::assured(
            post.clone(),
            all,
            MANAGE,
            Manage,
            with(api, account::add::add),
        ),
        Route::assured(
            get,
            "/manage/accounts/{id}",
            LOOK,
            Manage,
            with(api, account::show::show),
        ),
        Route::assured(
            post.clone(),
            "/manage/accounts/{id}/link",
            MANAGE,
            Manage,
            with(api, account::link::renew),
        ),
        Route::assured(
            post.clone(),
            "/manage/accounts/{id}/suspend",
            MANAGE,
            Manage,
            with(api, account::standing::suspend),
        ),
        Route::assured(
            post,
            "/manage/accounts/{id}/resume",
            MANAGE,
            Manage,
            with(api, account::standing::resume),
        ),
    ]
}

fn recoveries(api: &Arc<Api>) -> Vec<Route> {
    const RECOVER: &str = "recover an account";
    let post = Method::POST;
    vec![
        Route::assured(
            Method::GET,
            "/manage/recoveries",
            RECOVER,
            Manage,
            with(api, recovery::list::list),
        ),
        Route::assured(
            post.clone(),
            "/manage/accounts/{id}/recovery/open",
            RECOVER,
            Manage,
            with(api, recovery::open::open),
        ),
        Route::assured(
            post.clone(),
            "/manage/accounts/{id}/recovery/approve",
            RECOVER,
            Manage,
            with(api, recovery::approve::approve),
        ),
        Route::assured(
            post.clone(),
            "/manage/accounts/{id}/recovery/stop",
            RECOVER,
            Manage,
            with(api, recovery::stop::stop),
        ),
        Route::assured(
            post,
            "/manage/accounts/{id}/recovery/link",
            RECOVER,
            Manage,
            with(api, recovery::link::link),
        ),
    ]
}

fn clients(api: &Arc<Api>) -> Vec<Route> {
    const LOOK: &str = "services and apps";
    const MANAGE: &str = "manage services and apps";
    let (get, post) = (Method::GET, Method::POST);
    let (services, apps) = ("/manage/services", "/manage/apps");
    vec![
        Route::assured(
            get.clone(),
            services,
            LOOK,
            Manage,
            with(api, service::list::list),
        ),
        Route::assured(
            post.clone(),
            services,
            MANAGE,
            Manage,
            with(api, service::propose::propose),
        ),
        Route::assured(
            post.clone(),
            "/manage/services/{id}/approve",
            MANAGE,
            Manage,
            with(api, service::approve::approve),
        ),
        Route::assured(
            post.clone(),
            "/manage/services/{id}/suspend",
            MANAGE,
            Manage,
            with(api, service::suspend::suspend),
        ),
        Route::assured(get, apps, LOOK, Manage, with(api, app::list::list)),
        Route::assured(
            post.clone(),
            apps,
            MANAGE,
            Manage,
            with(api, app::propose::propose),
        ),
        Route::assured(
            post.clone(),
            "/manage/apps/{id}/approve",
            MANAGE,
            Manage,
            with(api, app::approve::approve),
        ),
        Route::assured(
            post,
            "/manage/apps/{id}/end",
            MANAGE,
            Manage,
            with(api, app::end::end),
        ),
    ]
}

/// An answer.
fn answer(status: StatusCode, body: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(body).map_err(|error| HttpError::internal(&error))?;
    Ok(Response::json(status, body))
}

/// It is done, and there is nothing to say.
fn done() -> Response {
    Response::new(StatusCode::NO_CONTENT)
}

/// What was sent: a JSON object with these fields and no others.
fn sent<T: DeserializeOwned>(request: &AssuredRequest) -> Result<T, HttpError> {
    if request.media_type()? != "application/json" {
        let text = "Send application/json.";
        return Err(HttpError::new(
            Kind::UnsupportedMediaType,
            "media-type",
            text,
        ));
    }
    serde_json::from_slice(request.body()).map_err(|_| {
        // The parser's own text would show what was sent.
        HttpError::bad_request("body", "This is not the JSON that is asked for here.")
    })
}

fn caller(request: &AssuredRequest) -> ward_identity::Caller<'_> {
    ward_identity::Caller {
        address: Some(request.address()),
        request: Some(request.id()),
        session: None,
    }
}

/// An instant of RFC 3339.
fn instant(text: &str) -> Result<Timestamp, HttpError> {
    text.parse().map_err(|_| {
        let text = "expires is an instant, such as 2027-03-01T00:00:00Z.";
        HttpError::new(Kind::Unprocessable, "expires", text)
    })
}
