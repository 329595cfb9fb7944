use std::sync::Arc;

use ward_access::ManageAccounts;
use ward_core::ResourceKey;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{Author, Error, NewAccount, Role};

use super::{
    add_page::{AddAccount, Wrong},
    door::may,
    link_page,
};
use crate::{Web, step_up::ask_or_refuse, web::page};

/// `GET /accounts/add`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let empty = AddAccount::new("", "", "", "", None);
    page(StatusCode::OK, &web.layout(&request.assured), &empty)
}

/// `POST /accounts/add`: makes the account, and shows its link once.
pub(crate) async fn add(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default().trim();
    let (name, display_name) = (field("name"), field("display_name"));
    let (role, practitioner) = (field("role"), field("practitioner"));
    let wrong = |wrong| {
        let shown = AddAccount::new(name, display_name, role, practitioner, Some(wrong));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        page(status, &web.layout(&request.assured), &shown)
    };
    let Some(role) = role.parse().ok().filter(|role: &Role| role.is_person()) else {
        return wrong(Wrong::Role);
    };
    let Ok(practitioner) = practitioner_of(practitioner) else {
        return wrong(Wrong::Practitioner);
    };
    let new = NewAccount {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        role,
        practitioner,
    };
    let by = Author::Account(&request.assured);
    let organisation = request.assured.organisation();
    match web.identity.create_account(by, organisation, new).await {
        Ok(link) => link_page::answer(&web, &request, &link, false),
        Err(Error::Name(_)) => wrong(Wrong::Name),
        Err(Error::NameTaken) => wrong(Wrong::NameTaken),
        Err(Error::NotPossible(_)) => wrong(Wrong::DisplayName),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// The id of a Practitioner, with or without its type; none where nothing was typed.
fn practitioner_of(typed: &str) -> Result<Option<ResourceKey>, ()> {
    if typed.is_empty() {
        return Ok(None);
    }
    let id = typed.strip_prefix("Practitioner/").unwrap_or(typed);
    format!("Practitioner/{id}").parse().map(Some).map_err(drop)
}
