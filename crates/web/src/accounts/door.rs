use ward_access::{Action, Grant, Target};
use ward_core::AccountId;
use ward_http::{Answer, AssuredRequest, HttpError};
use ward_identity::Account;
use ward_log::Purpose;

use crate::{
    Web,
    error::of_identity,
    step_up::{Wanted, ask},
};

/// Asks policy whether the account of a request may do `A` to the accounts of its organisation.
///
/// # Errors
/// What to answer instead: the interruption where a fresh proof would do, or a refusal. Both are
/// in the log.
pub(crate) async fn may<A: Action>(
    web: &Web,
    request: &AssuredRequest,
) -> Result<Grant<A>, Answer> {
    let assured = &request.assured;
    let target = Target::accounts(assured.organisation());
    let decided = web
        .access
        .decide::<A>(assured, &target, Purpose::Administration);
    let refused = match decided {
        Ok(grant) => return Ok(grant),
        Err(refused) => refused,
    };
    let written = web
        .identity
        .refused(assured, A::VERB.as_str(), refused.reason, request.id())
        .await;
    if let Err(error) = written {
        return Err(Err(of_identity(error)));
    }
    Err(match refused.step_up() {
        Some(_) => ask(web, request, Wanted::PhishingResistant),
        None => Err(HttpError::forbidden(
            "refused",
            "Your role does not do this.",
        )),
    })
}

/// The account that a path names: a person's, of the own organisation.
pub(super) fn named(web: &Web, request: &AssuredRequest) -> Result<Account, HttpError> {
    let id: Option<AccountId> = request.parameter("id").parse().ok();
    let account = id.and_then(|id| web.identity.account(request.assured.organisation(), id));
    account
        .filter(|account| account.role().is_person())
        .ok_or_else(HttpError::not_found)
}
