//! The organisation's own policies.

mod list;
mod steps;
mod write;

use std::sync::Arc;

use ward_access::{OwnPolicies, OwnPolicyError};
use ward_core::limits;
use ward_http::{AssuredRequest, Credential::Manage, HttpError, Kind, Method, Route, with};

use crate::{Api, manage::door};

/// A policy as JSON, each byte of it escaped at worst.
const POLICY_JSON_BYTES: usize = 8 * limits::POLICY_BYTES;

/// What these endpoints work with.
pub(in crate::manage) struct Policies {
    api: Arc<Api>,
    own: Arc<OwnPolicies>,
}

pub(crate) fn routes(api: &Arc<Api>, own: &Arc<OwnPolicies>) -> Vec<Route> {
    const LOOK: &str = "policies";
    const WRITE: &str = "write a policy";
    let policies = &Arc::new(Policies {
        api: Arc::clone(api),
        own: Arc::clone(own),
    });
    let (post, all) = (Method::POST, "/manage/policies");
    vec![
        Route::assured(Method::GET, all, LOOK, Manage, with(policies, list::list)),
        Route::assured(
            post.clone(),
            all,
            WRITE,
            Manage,
            with(policies, write::write),
        )
        .body_limit(POLICY_JSON_BYTES),
        Route::assured(
            post.clone(),
            "/manage/policies/{number}/activate",
            "put a policy in force",
            Manage,
            with(policies, steps::activate),
        ),
        Route::assured(
            post.clone(),
            "/manage/policies/{number}/withdraw",
            WRITE,
            Manage,
            with(policies, steps::withdraw),
        ),
        Route::assured(
            post,
            "/manage/policies/{number}/narrow",
            "take permits out of force",
            Manage,
            with(policies, steps::narrow),
        ),
    ]
}

/// The number that a path names.
fn number(request: &AssuredRequest) -> Result<u32, HttpError> {
    let number = request.parameter("number").parse();
    number.map_err(|_| HttpError::not_found())
}

/// What was refused, as its author may know it: the text of a policy is the author's own.
fn refused(error: OwnPolicyError) -> HttpError {
    let text = error.to_string();
    match error {
        OwnPolicyError::Policy(_) => HttpError::new(Kind::Unprocessable, "policy", text),
        OwnPolicyError::Broken(_) => HttpError::new(Kind::Unprocessable, "broken", text),
        OwnPolicyError::Proof(_) => HttpError::new(Kind::Conflict, "no-proof", text),
        OwnPolicyError::NoSuchPolicy => HttpError::not_found(),
        OwnPolicyError::NotPossible(why) => HttpError::new(Kind::Conflict, "not-possible", why),
        OwnPolicyError::Identity(error) => door::refused(error),
        other => HttpError::internal(&other),
    }
}
