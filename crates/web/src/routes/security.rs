//! The routes of those who govern information: the security page, and the organisation's policies.

use std::sync::Arc;

use ward_http::{Credential::Session, Method, Route, with};

use crate::{Web, policies};

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
