use std::sync::Arc;

use ward_access::ManageServices;
use ward_http::{Answer, AssuredRequest, Form, Response, StatusCode};
use ward_identity::{AppScopes, Error, NewApp};

use super::{
    add_page::{AddApp, Typed, Wrong},
    days,
};
use crate::{Web, accounts::may, step_up::ask_or_refuse, web::page};

/// `GET /apps/add`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let empty = AddApp::new(Typed::default(), None);
    page(StatusCode::OK, &web.layout(&request.assured), &empty)
}

/// `POST /apps/add`: proposes it; somebody else approves it on its page.
pub(crate) async fn add(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let typed = typed(&request.form()?);
    let wrong = |typed: Typed, wrong| {
        let shown = AddApp::new(typed, Some(wrong));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        page(status, &web.layout(&request.assured), &shown)
    };
    let new = match read(&web, &typed) {
        Ok(new) => new,
        Err(what) => return wrong(typed, what),
    };
    match web.identity.propose_app(&request.assured, new).await {
        Ok(id) => Ok(Response::see_other(&format!("/apps/{id}"))),
        Err(Error::Key(_)) => wrong(typed, Wrong::Keys),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

fn typed(form: &Form) -> Typed {
    let field = |name| form.get(name).unwrap_or_default().trim().to_owned();
    Typed {
        name: field("name"),
        redirect_uris: field("redirect_uris"),
        launch_url: field("launch_url"),
        jwks: field("jwks"),
        scopes: field("scopes"),
        days: field("days"),
    }
}

fn read(web: &Web, typed: &Typed) -> Result<NewApp, Wrong> {
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    if !(1..=100).contains(&typed.name.chars().count()) {
        return Err(Wrong::Name);
    }
    let redirect_uris: Vec<String> = typed
        .redirect_uris
        .split_whitespace()
        .map(ToOwned::to_owned)
        .collect();
    let all_right = redirect_uris.iter().all(|uri| NewApp::takes(uri));
    if !all_right || !(1..=ward_core::limits::APP_REDIRECTS).contains(&redirect_uris.len()) {
        return Err(Wrong::RedirectUris);
    }
    let launch_url = some(&typed.launch_url);
    if launch_url.as_ref().is_some_and(|url| !NewApp::takes(url)) {
        return Err(Wrong::LaunchUrl);
    }
    let scopes: Vec<&str> = typed.scopes.split_whitespace().collect();
    let scopes = AppScopes::parse(&scopes.join(" ")).map_err(|_| Wrong::Scopes)?;
    if scopes.resources.is_empty() {
        return Err(Wrong::Scopes);
    }
    Ok(NewApp {
        name: typed.name.clone(),
        redirect_uris,
        launch_url,
        jwks: some(&typed.jwks),
        scopes,
        expires: web.clock.now() + days(&typed.days).ok_or(Wrong::Days)?,
    })
}
