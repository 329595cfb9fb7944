use std::sync::Arc;

use serde::Serialize;
use ward_core::{ProviderId, Secret, limits};
use ward_http::{Answer, HttpError, Kind, PublicRequest, Request, Response, StatusCode, cookie};
use ward_identity::{Arrived, Departure, Error, Returned};

use super::next;
use crate::{
    Web,
    error::{PROVIDER_REFUSED, of_identity},
    layout::Layout,
    render::Page,
    web::{caller, page},
};

/// Leads to a provider's own page.
#[derive(Debug, Serialize)]
pub(crate) struct ToProvider {
    name: String,
    url: String,
}

/// Takes what a provider sent back on, from one of Ward's own pages: what a page of another site
/// leads to carries no cookie of a session.
#[derive(Debug, Serialize)]
pub(crate) struct FromProvider {
    provider: String,
    state: String,
    code: String,
    issuer: String,
}

/// `POST /sign-in/providers/{id}`: to a provider.
pub(crate) async fn leave(web: Arc<Web>, request: PublicRequest) -> Answer {
    let id = provider(&request)?;
    let caller = caller(&request);
    let left = web.identity.start_federated_sign_in(id, &caller).await;
    to_provider(&web, &Layout::public(), id, left)
}

/// The page that leads to a provider, with the cookie that the way back needs.
pub(crate) fn to_provider(
    web: &Web,
    layout: &Layout,
    id: ProviderId,
    left: Result<Departure, Error>,
) -> Answer {
    let Departure { url, browser } = left.map_err(of_identity)?;
    let name = web.provider_name(id);
    let left = cookie::set(cookie::LEFT, &browser, Some(limits::FEDERATION));
    Ok(page(StatusCode::OK, layout, &ToProvider { name, url })?.with_cookie(left))
}

/// `GET /sign-in/return/{id}`: back from a provider. Nothing is done yet.
pub(crate) async fn back(request: PublicRequest) -> Answer {
    let id = provider(&request)?;
    let sent = request.query()?;
    let field = |name: &str| {
        let mut found = sent.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.clone());
        match found.next() {
            None => Ok(value.unwrap_or_default()),
            Some(_) => Err(HttpError::bad_request(
                "twice",
                "A part of the address stands in it twice.",
            )),
        }
    };
    let shown = FromProvider {
        provider: id.to_string(),
        state: field("state")?,
        code: field("code")?,
        issuer: field("iss")?,
    };
    page(StatusCode::OK, &Layout::public(), &shown)
}

/// `POST /sign-in/return/{id}`: takes in whoever comes back, once, in the browser that left.
pub(crate) async fn arrive(web: Arc<Web>, request: PublicRequest) -> Answer {
    let id = provider(&request)?;
    let form = request.form()?;
    let field = |name| form.get(name).filter(|value| !value.is_empty());
    let returned = Returned {
        state: field("state").unwrap_or_default(),
        code: field("code"),
        issuer: field("iss"),
        browser: request.cookie(cookie::LEFT),
    };
    let caller = caller(&request);
    let arrived = web.identity.return_from_provider(id, &returned, &caller);
    let answer = match arrived.await.map_err(refused)? {
        Arrived::Enrolled => Response::see_other("/enrolled"),
        Arrived::SignedIn(signed_in) => signed_in_at(&next(&web, &request), &signed_in.token),
        Arrived::Proved {
            from,
            signed_in,
            draft,
        } => {
            web.drafts.follow(from, signed_in.session, &draft);
            signed_in_at("/prove/continue", &signed_in.token)
        }
    };
    Ok(answer.with_cookie(cookie::clear(cookie::LEFT)))
}

fn signed_in_at(next: &str, token: &Secret<String>) -> Response {
    Response::see_other(next).with_cookie(cookie::set(cookie::SESSION, token, None))
}

/// The provider that a path names.
pub(crate) fn provider(request: &Request) -> Result<ProviderId, HttpError> {
    let id = request.parameter("id").parse();
    id.map_err(|_| HttpError::not_found())
}

fn refused(error: Error) -> HttpError {
    match error {
        Error::SignIn => HttpError::new(
            Kind::Unauthenticated,
            PROVIDER_REFUSED,
            "Your organisation’s sign-in did not vouch for you, or for too little.",
        ),
        other => of_identity(other),
    }
}

impl Page for ToProvider {
    const TEMPLATE: &'static str = "sign_in/to_provider.jinja";

    fn title(&self) -> String {
        "On to your organisation’s sign-in".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self {
            name: "Staff sign-in".to_owned(),
            url: "provider.example/authorize?state=c2FtcGxl".to_owned(),
        }]
    }
}

impl Page for FromProvider {
    const TEMPLATE: &'static str = "sign_in/from_provider.jinja";

    fn title(&self) -> String {
        "Signing in".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self {
            provider: "0f".repeat(16),
            state: "c2FtcGxl".to_owned(),
            code: "Y29kZQ".to_owned(),
            issuer: "provider.example".to_owned(),
        }]
    }
}
