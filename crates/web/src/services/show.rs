use std::sync::Arc;

use ward_access::ReadSecurity;
use ward_core::AccountId;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::{Account, Role};

use super::show_page::ShowService;
use crate::{Web, accounts::may, apps::State, authorize::scopes, date, web::page};

/// `GET /services/{id}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?;
    let organisation = request.assured.organisation();
    let (Some(service), Some(state)) = (
        account.service(),
        State::of_service(&account, web.clock.now()),
    ) else {
        return Err(HttpError::not_found());
    };
    let used = web.identity.service_last_used(account.id());
    let is_own = service.enrolled_by() == request.assured.account();
    let scopes: Vec<&str> = service.scopes().iter().map(AsRef::as_ref).collect();
    let shown = ShowService {
        id: account.id().to_string(),
        name: account.display_name().to_owned(),
        scopes: scopes.join(" "),
        may: scopes::in_words(service.scopes()),
        proposed_by: web.name_of(organisation, service.enrolled_by()),
        approved_by: service
            .approved_by()
            .map(|by| web.name_of(organisation, by)),
        ends: date::moment(service.expires()),
        last_used: used.map_or_else(|| "Not yet".to_owned(), date::moment),
        state: state.in_words(),
        colour: state.colour(),
        can_approve: state == State::Waiting && !is_own,
        wants_another: state == State::Waiting && is_own,
        can_suspend: state != State::Suspended,
        can_resume: state == State::Suspended && request.assured.role() == Role::Administrator,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// The service that a path names, of the own organisation.
pub(super) fn named(web: &Web, request: &AssuredRequest) -> Result<Account, HttpError> {
    let id: Option<AccountId> = request.parameter("id").parse().ok();
    let account = id.and_then(|id| web.identity.account(request.assured.organisation(), id));
    account
        .filter(|account| account.service().is_some())
        .ok_or_else(HttpError::not_found)
}
