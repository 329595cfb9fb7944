//! Signing in with what an organisation's OpenID provider vouches for.

use std::sync::Arc;

use ward_http::{Credential::Session, Method, Route, with};

use crate::{Web, enrol, providers, sign_in, step_up};

/// The way to a provider and back, and the keeping of providers.
pub(super) fn federation(web: &Arc<Web>) -> Vec<Route> {
    let mut routes = there_and_back(web);
    routes.extend(keeping(web));
    routes
}

fn there_and_back(web: &Arc<Web>) -> Vec<Route> {
    const SIGN_IN: &str = "signing in comes before anything is proved";
    const ENROL: &str = "the link is the proof, once";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(
            post.clone(),
            "/sign-in/providers/{id}",
            SIGN_IN,
            with(web, sign_in::provider::leave),
        ),
        Route::public(
            get,
            "/sign-in/return/{id}",
            SIGN_IN,
            sign_in::provider::back,
        ),
        Route::public(
            post.clone(),
            "/sign-in/return/{id}",
            SIGN_IN,
            with(web, sign_in::provider::arrive),
        ),
        Route::public(
            post.clone(),
            "/enrol/{token}/provider/{id}",
            ENROL,
            with(web, enrol::provider::leave),
        ),
        Route::assured(
            post,
            "/prove/provider",
            "prove it again",
            Session,
            with(web, step_up::provider::leave),
        ),
    ]
}

fn keeping(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "providers";
    const MANAGE: &str = "manage providers";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/providers",
            LOOK,
            Session,
            with(web, providers::list::show),
        ),
        Route::assured(
            get.clone(),
            "/providers/add",
            MANAGE,
            Session,
            with(web, providers::add::show),
        ),
        Route::assured(
            post.clone(),
            "/providers/add",
            MANAGE,
            Session,
            with(web, providers::add::add),
        ),
        Route::assured(
            get,
            "/providers/{id}",
            LOOK,
            Session,
            with(web, providers::show::show),
        ),
        Route::assured(
            post.clone(),
            "/providers/{id}/approve",
            MANAGE,
            Session,
            with(web, providers::standing::approve),
        ),
        Route::assured(
            post,
            "/providers/{id}/end",
            MANAGE,
            Session,
            with(web, providers::standing::end),
        ),
    ]
}
