use ward_access::{Action, Grant, Target};
use ward_core::{AccountId, limits};
use ward_http::{AssuredRequest, HttpError, Kind, PHISHING_RESISTANT};
use ward_identity::{Account, Error};
use ward_log::Purpose;

use crate::Api;

/// Asks policy whether the account of a request may do `A` to the accounts of its organisation.
///
/// # Errors
/// 401 with `insufficient_user_authentication` where a fresh proof would do (RFC 9470 3), or a
/// refusal. Both are in the log.
pub(super) async fn may<A: Action>(
    api: &Api,
    request: &AssuredRequest,
) -> Result<Grant<A>, HttpError> {
    let assured = &request.assured;
    let target = Target::accounts(assured.organisation());
    let access = api.records.access();
    let decided = access.decide::<A>(assured, &target, Purpose::Administration);
    let refusal = match decided {
        Ok(grant) => return Ok(grant),
        Err(refusal) => refusal,
    };
    api.identity
        .refused(assured, A::VERB.as_str(), refusal.reason, request.id())
        .await
        .map_err(refused)?;
    Err(match refusal.step_up() {
        Some(_) => prove_again(),
        None => HttpError::forbidden("refused", "Your role does not do this."),
    })
}

/// The account that a path names: a person's, of the own organisation.
pub(super) fn named(api: &Api, request: &AssuredRequest) -> Result<Account, HttpError> {
    let account = find(api, request)?;
    if !account.role().is_person() {
        return Err(HttpError::not_found());
    }
    Ok(account)
}

/// The service that a path names, of the own organisation.
pub(super) fn named_service(api: &Api, request: &AssuredRequest) -> Result<Account, HttpError> {
    let account = find(api, request)?;
    if account.service().is_none() {
        return Err(HttpError::not_found());
    }
    Ok(account)
}

fn find(api: &Api, request: &AssuredRequest) -> Result<Account, HttpError> {
    let id: Option<AccountId> = request.parameter("id").parse().ok();
    let organisation = request.assured.organisation();
    id.and_then(|id| api.identity.account(organisation, id))
        .ok_or_else(HttpError::not_found)
}

/// What identity refused, as who asks may know it.
pub(super) fn refused(error: Error) -> HttpError {
    let text = error.to_string();
    match error {
        Error::FreshProof => prove_again(),
        Error::NoSuchAccount => HttpError::not_found(),
        Error::NotPossible(why) => HttpError::new(Kind::Conflict, "not-possible", why),
        Error::NameTaken => HttpError::new(Kind::Conflict, "name-taken", text),
        Error::Name(_) => HttpError::new(Kind::Unprocessable, "name", text),
        Error::Key(_) => HttpError::new(Kind::Unprocessable, "key", text),
        Error::Scope(_) | Error::NoScope => HttpError::new(Kind::Unprocessable, "scope", text),
        Error::Busy => HttpError::unavailable("busy", text),
        other => HttpError::internal(&other),
    }
}

fn prove_again() -> HttpError {
    HttpError::step_up(limits::FRESH_PROOF, Some(PHISHING_RESISTANT))
}
