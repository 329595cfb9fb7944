//! The routes of those who govern information: the security page, and the organisation's policies.

use std::sync::Arc;

use ward_http::{Credential::Session, Method, Route, with};

use crate::{Web, patient, policies, security};

/// A policy of 32 KiB, each byte of it percent-encoded at worst.
const POLICY_FORM_BYTES: usize = 100 * 1024;

/// The organisation's own policies.
pub(super) fn own_policies(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "policies";
    const WRITE: &str = "write a policy";
    const APPROVE: &str = "put a policy in force";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/policies",
            LOOK,
            Session,
            with(web, policies::list::show),
        ),
        Route::assured(
            get.clone(),
            "/policies/write",
            WRITE,
            Session,
            with(web, policies::write::show),
        ),
        Route::assured(
            post.clone(),
            "/policies/write",
            WRITE,
            Session,
            with(web, policies::write::write),
        )
        .body_limit(POLICY_FORM_BYTES),
        Route::assured(
            get,
            "/policies/{number}",
            LOOK,
            Session,
            with(web, policies::show::show),
        ),
        Route::assured(
            post.clone(),
            "/policies/{number}/activate",
            APPROVE,
            Session,
            with(web, policies::steps::activate),
        ),
        Route::assured(
            post.clone(),
            "/policies/{number}/withdraw",
            WRITE,
            Session,
            with(web, policies::steps::withdraw),
        ),
        Route::assured(
            post,
            "/policies/{number}/narrow",
            "take permits out of force",
            Session,
            with(web, policies::steps::narrow),
        ),
    ]
}

/// How the organisation is secured.
pub(super) fn overseeing(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "security";
    let get = Method::GET;
    vec![
        Route::assured(
            get.clone(),
            "/security",
            LOOK,
            Session,
            with(web, security::overview::show),
        ),
        Route::assured(
            get.clone(),
            "/security/accounts",
            LOOK,
            Session,
            with(web, security::accounts::show),
        ),
        Route::assured(
            get.clone(),
            "/security/sign-ins",
            LOOK,
            Session,
            with(web, security::sign_ins::show),
        ),
        Route::assured(
            get,
            "/security/clients",
            LOOK,
            Session,
            with(web, security::clients::show),
        ),
    ]
}

/// Records opened in an emergency, and what is thought of it.
pub(super) fn emergencies(web: &Arc<Web>) -> Vec<Route> {
    const OPEN: &str = "open a record in an emergency";
    const REVIEW: &str = "review an emergency";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/patients/{id}/break-glass",
            OPEN,
            Session,
            with(web, patient::break_glass::show),
        ),
        Route::assured(
            post.clone(),
            "/patients/{id}/break-glass",
            OPEN,
            Session,
            with(web, patient::break_glass::open),
        ),
        Route::assured(
            get,
            "/security/emergency",
            REVIEW,
            Session,
            with(web, security::emergency::show),
        ),
        Route::assured(
            post,
            "/security/emergency/{id}/review",
            REVIEW,
            Session,
            with(web, security::emergency::review),
        ),
    ]
}
