use std::sync::Arc;

use serde_json::{Value, json};
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::App;

use crate::{
    Api,
    manage::{answer, door::may},
};

/// `GET /manage/apps`
pub(in crate::manage) async fn list(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ReadSecurity>(&api, &request).await?;
    let all = api.identity.apps(request.assured.organisation());
    let apps: Vec<_> = all.iter().map(|app| shown(&api, app)).collect();
    answer(StatusCode::OK, &json!({ "apps": apps }))
}

fn shown(api: &Api, app: &App) -> Value {
    let last_used = api.identity.app_last_used(app.id());
    json!({
        "id": app.id(),
        "name": app.name(),
        "redirect_uris": app.redirect_uris().collect::<Vec<_>>(),
        "launch_url": app.launch_url(),
        "confidential": app.is_confidential(),
        "scopes": app.scopes().to_string(),
        "enrolled_by": app.enrolled_by(),
        "approved_by": app.approved_by(),
        "expires": app.expires().to_string(),
        "ended": app.ended(),
        "last_used": last_used.map(|at| at.to_string()),
    })
}
