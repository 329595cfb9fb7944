use std::sync::Arc;

use serde_json::{Value, json};
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::PasskeyView;

use super::shown;
use crate::{
    Api,
    manage::{
        answer,
        door::{may, named},
    },
    oauth::with_member,
};

/// `GET /manage/accounts/{id}`
pub(in crate::manage) async fn show(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ReadSecurity>(&api, &request).await?;
    let account = named(&api, &request)?;
    let factors = api.identity.factors(account.organisation(), account.id());
    let passkey = |passkey: &PasskeyView| -> Value {
        json!({
            "label": passkey.label,
            "created_at": passkey.created_at.to_string(),
            "last_used": passkey.last_used.map(|at| at.to_string()),
        })
    };
    let passkeys = factors.unwrap_or_default().passkeys;
    let passkeys: Vec<_> = passkeys.iter().map(passkey).collect();
    let practitioner = account.practitioner().map(ToString::to_string);
    let recovery = api.identity.recovery(&request.assured, account.id());
    let recovery = recovery.map(|recovery| crate::manage::recovery::shown(&recovery));
    let body = [
        ("practitioner", json!(practitioner)),
        ("created_at", json!(account.created_at().to_string())),
        ("created_by", json!(account.created_by())),
        ("passkeys", json!(passkeys)),
        ("recovery", json!(recovery)),
    ]
    .into_iter()
    .fold(shown(&api, &request, &account), |body, (name, value)| {
        with_member(body, name, value)
    });
    answer(StatusCode::OK, &body)
}
