//! The routes of apps and services.

use std::sync::Arc;

use ward_http::{Credential::Session, Method, Route, with};

use crate::{Web, apps, authorize, own, services};

/// How a person decides what an app may do, and takes it back.
pub(super) fn authorizing(web: &Arc<Web>) -> Vec<Route> {
    const DECIDE: &str = "decide what an app may do";
    const OWN: &str = "own apps";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/authorize/{request}",
            DECIDE,
            Session,
            with(web, authorize::show::show),
        ),
        Route::assured(
            get.clone(),
            "/authorize/{request}/patient",
            DECIDE,
            Session,
            with(web, authorize::patient::show),
        ),
        Route::assured(
            post.clone(),
            "/authorize/{request}/find",
            DECIDE,
            Session,
            with(web, authorize::patient::find),
        ),
        Route::assured(
            post.clone(),
            "/authorize/{request}/patient",
            DECIDE,
            Session,
            with(web, authorize::patient::choose),
        ),
        Route::assured(
            post.clone(),
            "/authorize/{request}/allow",
            DECIDE,
            Session,
            with(web, authorize::decide::allow),
        ),
        Route::assured(
            post.clone(),
            "/authorize/{request}/deny",
            DECIDE,
            Session,
            with(web, authorize::decide::deny),
        ),
        Route::assured(
            get.clone(),
            "/account/apps",
            OWN,
            Session,
            with(web, own::apps::show),
        ),
        Route::assured(
            post.clone(),
            "/account/apps/{id}/take-back",
            OWN,
            Session,
            with(web, own::apps::take_back),
        ),
    ]
}

/// What two people do for the organisation's apps.
pub(super) fn all_apps(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "apps and services";
    const PROPOSE: &str = "propose an app";
    const APPROVE: &str = "approve an app";
    const END: &str = "end an app";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/apps",
            LOOK,
            Session,
            with(web, apps::list::show),
        ),
        Route::assured(
            get.clone(),
            "/apps/add",
            PROPOSE,
            Session,
            with(web, apps::add::show),
        ),
        Route::assured(
            post.clone(),
            "/apps/add",
            PROPOSE,
            Session,
            with(web, apps::add::add),
        ),
        Route::assured(
            get.clone(),
            "/apps/{id}",
            LOOK,
            Session,
            with(web, apps::show::show),
        ),
        Route::assured(
            post.clone(),
            "/apps/{id}/approve",
            APPROVE,
            Session,
            with(web, apps::standing::approve),
        ),
        Route::assured(
            post.clone(),
            "/apps/{id}/end",
            END,
            Session,
            with(web, apps::standing::end),
        ),
    ]
}

/// The same for its services.
pub(super) fn all_services(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "apps and services";
    const PROPOSE: &str = "propose a service";
    const APPROVE: &str = "approve a service";
    const STANDING: &str = "suspend a service";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/services/add",
            PROPOSE,
            Session,
            with(web, services::add::show),
        ),
        Route::assured(
            post.clone(),
            "/services/add",
            PROPOSE,
            Session,
            with(web, services::add::add),
        ),
        Route::assured(
            get.clone(),
            "/services/{id}",
            LOOK,
            Session,
            with(web, services::show::show),
        ),
        Route::assured(
            post.clone(),
            "/services/{id}/approve",
            APPROVE,
            Session,
            with(web, services::standing::approve),
        ),
        Route::assured(
            post.clone(),
            "/services/{id}/suspend",
            STANDING,
            Session,
            with(web, services::standing::suspend),
        ),
        Route::assured(
            post.clone(),
            "/services/{id}/resume",
            STANDING,
            Session,
            with(web, services::standing::resume),
        ),
    ]
}
