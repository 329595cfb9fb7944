//! The organisation's people.

pub(super) mod add;
pub(super) mod link;
pub(super) mod list;
pub(super) mod show;
pub(super) mod standing;

use serde_json::{Value, json};
use ward_http::AssuredRequest;
use ward_identity::{Account, EnrolmentLink};

use crate::Api;

/// An account, as lists show it. `state` is one of `active`, `not-enrolled`, `waits-to-be-let-in`,
/// `suspended`, `being-recovered`.
fn shown(api: &Api, request: &AssuredRequest, account: &Account) -> Value {
    let organisation = account.organisation();
    let factors = api.identity.factors(organisation, account.id());
    let factors = factors.unwrap_or_default();
    let enrolled = factors.password_and_totp || !factors.passkeys.is_empty();
    let recovery = api.identity.recovery(&request.assured, account.id());
    let state = match (account.suspended(), enrolled, recovery.is_some()) {
        (true, false, _) => "waits-to-be-let-in",
        (true, true, _) => "suspended",
        (false, _, true) => "being-recovered",
        (false, false, false) => "not-enrolled",
        (false, true, false) => "active",
    };
    json!({
        "id": account.id(),
        "name": account.name().to_string(),
        "display_name": account.display_name(),
        "role": account.role(),
        "state": state,
        "passkeys": factors.passkeys.len(),
        "password_and_totp": factors.password_and_totp,
    })
}

/// A link, given once. `url` is good for one enrolment, until `expires`.
pub(super) fn link_shown(request: &AssuredRequest, link: &EnrolmentLink) -> Value {
    let path = format!("/enrol/{}", link.token.expose());
    json!({
        "account": link.account,
        "url": request.origin().url(&path),
        "expires": link.expires.to_string(),
    })
}
