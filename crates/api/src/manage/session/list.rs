use std::sync::Arc;

use serde_json::{Value, json};
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::OwnSession;

use crate::{Api, manage::answer};

/// `GET /manage/sessions`
pub(in crate::manage) async fn list(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let shown = |own: OwnSession| -> Value {
        json!({
            "id": own.id,
            "this": own.id == assured.session(),
            "kind": if own.is_command_line { "command-line" } else { "browser" },
            "machine": own.machine,
            "proved_at": own.proved_at.to_string(),
            "last_used": own.last_used.to_string(),
            "ends": own.ends.to_string(),
        })
    };
    let own = api.identity.own_sessions(assured).into_iter().map(shown);
    answer(
        StatusCode::OK,
        &json!({ "sessions": own.collect::<Vec<_>>() }),
    )
}
