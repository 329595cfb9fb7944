use std::sync::Arc;

use ward_access::ManageServices;
use ward_http::{Answer, AssuredRequest, Form, Response, StatusCode};
use ward_identity::{Error, Level, NewService, Scope, Scopes};

use super::add_page::{AddService, Typed, Wrong};
use crate::{Web, accounts::may, apps::days, step_up::ask_or_refuse, web::page};

/// `GET /services/add`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let empty = AddService::new(Typed::default(), None);
    page(StatusCode::OK, &web.layout(&request.assured), &empty)
}

/// `POST /services/add`: proposes it; somebody else approves it on its page.
pub(crate) async fn add(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let typed = typed(&request.form()?);
    let wrong = |typed: Typed, wrong| {
        let shown = AddService::new(typed, Some(wrong));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        page(status, &web.layout(&request.assured), &shown)
    };
    let new = match read(&web, &request, &typed) {
        Ok(new) => new,
        Err(what) => return wrong(typed, what),
    };
    match web.identity.propose_service(&request.assured, new).await {
        Ok(id) => Ok(Response::see_other(&format!("/services/{id}"))),
        Err(Error::Name(_)) => wrong(typed, Wrong::Name),
        Err(Error::NameTaken) => wrong(typed, Wrong::NameTaken),
        Err(Error::Key(_)) => wrong(typed, Wrong::Keys),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

fn typed(form: &Form) -> Typed {
    let field = |name| form.get(name).unwrap_or_default().trim().to_owned();
    Typed {
        display_name: field("display_name"),
        name: field("name"),
        jwks: field("jwks"),
        scopes: field("scopes"),
        days: field("days"),
    }
}

fn read(web: &Web, request: &AssuredRequest, typed: &Typed) -> Result<NewService, Wrong> {
    if !(1..=100).contains(&typed.display_name.chars().count()) {
        return Err(Wrong::DisplayName);
    }
    let scopes: Vec<&str> = typed.scopes.split_whitespace().collect();
    let scopes = Scopes::parse(&scopes.join(" ")).map_err(|_| Wrong::Scopes)?;
    let is_services = |scope: &Scope| scope.level() == Level::System;
    if scopes.is_empty() || !scopes.iter().all(is_services) {
        return Err(Wrong::Scopes);
    }
    // Who enrols it is who asks; who approves it comes to its page.
    let (enrolled_by, approved_by) = (request.assured.account(), request.assured.account());
    Ok(NewService {
        name: typed.name.clone(),
        display_name: typed.display_name.clone(),
        jwks: typed.jwks.clone(),
        scopes,
        enrolled_by,
        approved_by,
        expires: web.clock.now() + days(&typed.days).ok_or(Wrong::Days)?,
    })
}
