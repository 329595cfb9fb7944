use std::sync::Arc;

use serde::Serialize;
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Role;

use super::{door::may, state::State};
use crate::{
    Web,
    render::Page,
    web::{page, role_in_words},
};

/// The organisation's people.
#[derive(Debug, Serialize)]
pub(crate) struct AccountList {
    accounts: Vec<Row>,
    /// Whether the reader makes accounts.
    adds: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    name: String,
    sign_in_name: String,
    role: &'static str,
    state: &'static str,
}

/// `GET /accounts`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let assured = &request.assured;
    let people = web.identity.accounts(assured.organisation()).into_iter();
    let rows = people
        .filter(|account| account.role().is_person())
        .map(|account| Row {
            id: account.id().to_string(),
            name: account.display_name().to_owned(),
            sign_in_name: account.name().to_string(),
            role: role_in_words(account.role()),
            state: State::of(&web, &request, &account).in_words(),
        });
    let shown = AccountList {
        accounts: rows.collect(),
        adds: assured.role() == Role::Administrator,
    };
    page(StatusCode::OK, &web.layout_with_search(assured), &shown)
}

impl Page for AccountList {
    const TEMPLATE: &'static str = "accounts/list.jinja";

    fn title(&self) -> String {
        "Accounts".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |name: &str, sign_in_name: &str, role, state| Row {
            id: "0f".repeat(16),
            name: name.to_owned(),
            sign_in_name: sign_in_name.to_owned(),
            role,
            state,
        };
        let accounts = || {
            vec![
                row("Asha Patel", "a.patel@WRD01", "Clinician", "Can sign in"),
                row("Sam Hill", "s.hill@WRD01", "Administrator", "Suspended"),
            ]
        };
        [true, false]
            .map(|adds| Self {
                accounts: accounts(),
                adds,
            })
            .into()
    }
}
