use std::sync::Arc;

use serde_json::{Value, json};
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Account;

use crate::{
    Api,
    manage::{answer, door::may},
};

/// `GET /manage/services`
pub(in crate::manage) async fn list(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ReadSecurity>(&api, &request).await?;
    let all = api.identity.accounts(request.assured.organisation());
    let services: Vec<_> = all
        .iter()
        .filter_map(|account| shown(&api, account))
        .collect();
    answer(StatusCode::OK, &json!({ "services": services }))
}

fn shown(api: &Api, account: &Account) -> Option<Value> {
    let service = account.service()?;
    let last_used = api.identity.service_last_used(account.id());
    Some(json!({
        "id": account.id(),
        "name": account.name().to_string(),
        "display_name": account.display_name(),
        "scopes": service.scopes().to_string(),
        "enrolled_by": service.enrolled_by(),
        "approved_by": service.approved_by(),
        "expires": service.expires().to_string(),
        "suspended": account.suspended(),
        "last_used": last_used.map(|at| at.to_string()),
    }))
}
