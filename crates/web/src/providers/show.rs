use std::sync::Arc;

use serde::Serialize;
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::Provider;

use super::list::in_words;
use crate::{
    Web,
    accounts::may,
    render::Page,
    sign_in::provider::provider,
    web::{keeps_accounts, page},
};

/// One provider, and what its operator must be told.
#[derive(Debug, Serialize)]
pub(crate) struct ShowProvider {
    id: String,
    name: String,
    issuer: String,
    client: String,
    /// Where it sends people back to.
    returns_to: String,
    jwks: String,
    map: String,
    acr_values: String,
    proposed_by: String,
    approved_by: String,
    state: &'static str,
    can_approve: bool,
    can_end: bool,
}

/// `GET /providers/{id}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let found = named(&web, &request)?;
    let own = request.assured.account();
    let who = |account| web.name_of(found.organisation(), account);
    let waits = found.approved_by().is_none() && !found.ended();
    let shown = ShowProvider {
        id: found.id().to_string(),
        name: found.name().to_owned(),
        issuer: found.issuer().to_owned(),
        client: found.client().to_owned(),
        returns_to: web.identity.provider_return(found.id()),
        jwks: found.jwks(),
        map: found.map().to_string(),
        acr_values: found.acr_values().to_owned(),
        proposed_by: who(found.proposed_by()),
        approved_by: found
            .approved_by()
            .map_or_else(|| "Nobody yet".to_owned(), who),
        state: in_words(&found),
        can_approve: waits && found.proposed_by() != own,
        can_end: !found.ended() && keeps_accounts(request.assured.role()),
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// The provider that a path names, of the own organisation.
pub(super) fn named(web: &Web, request: &AssuredRequest) -> Result<Provider, HttpError> {
    let id = provider(request)?;
    let own = web.identity.providers(request.assured.organisation());
    let found = own.into_iter().find(|provider| provider.id() == id);
    found.ok_or_else(HttpError::not_found)
}

impl Page for ShowProvider {
    const TEMPLATE: &'static str = "providers/show.jinja";

    fn title(&self) -> String {
        "A provider".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sample = |state, can_approve, can_end| Self {
            id: "0f".repeat(16),
            name: "Staff sign-in".to_owned(),
            issuer: "provider.example".to_owned(),
            client: "ward".to_owned(),
            returns_to: "ward.example/sign-in/return/0f".to_owned(),
            jwks: "{\"keys\":[]}".to_owned(),
            map: "acr=AAL3_ANY => phishing-resistant".to_owned(),
            acr_values: String::new(),
            proposed_by: "Sam Hill".to_owned(),
            approved_by: "Nobody yet".to_owned(),
            state,
            can_approve,
            can_end,
        };
        vec![
            sample("Waits for somebody else to approve it", true, true),
            sample("In use", false, true),
            sample("Ended", false, false),
        ]
    }
}
