use std::sync::Arc;

use serde::Serialize;
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{Provider, Role};

use crate::{Web, accounts::may, render::Page, web::page};

/// The organisation's providers.
#[derive(Debug, Serialize)]
pub(crate) struct ProviderList {
    providers: Vec<Row>,
    /// Whether the reader proposes providers.
    adds: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    name: String,
    issuer: String,
    state: &'static str,
}

/// `GET /providers`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let assured = &request.assured;
    let providers = web.identity.providers(assured.organisation());
    let rows = providers.iter().map(|provider| Row {
        id: provider.id().to_string(),
        name: provider.name().to_owned(),
        issuer: provider.issuer().to_owned(),
        state: in_words(provider),
    });
    let shown = ProviderList {
        providers: rows.collect(),
        adds: assured.role() == Role::Administrator,
    };
    page(StatusCode::OK, &web.layout(assured), &shown)
}

/// How a provider stands.
pub(super) const fn in_words(provider: &Provider) -> &'static str {
    if provider.ended() {
        "Ended"
    } else if provider.works() {
        "In use"
    } else {
        "Waits for somebody else to approve it"
    }
}

impl Page for ProviderList {
    const TEMPLATE: &'static str = "providers/list.jinja";

    fn title(&self) -> String {
        "Your organisation’s sign-in".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |state| Row {
            id: "0f".repeat(16),
            name: "Staff sign-in".to_owned(),
            issuer: "provider.example".to_owned(),
            state,
        };
        vec![
            Self {
                providers: vec![row("In use"), row("Ended")],
                adds: true,
            },
            Self {
                providers: Vec::new(),
                adds: false,
            },
        ]
    }
}
