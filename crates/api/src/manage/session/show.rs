use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};

use crate::{Api, manage::answer};

/// `GET /manage/session`: who asks, and until when.
pub(in crate::manage) async fn show(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let own = api.identity.own_sessions(assured);
    let this = own.iter().find(|own| own.id == assured.session());
    let this = this.ok_or_else(HttpError::not_found)?;
    let profile = assured.profile();
    let body = json!({
        "account": assured.account(),
        "name": profile.name().to_string(),
        "display_name": profile.display_name(),
        "role": assured.role(),
        "organisation": assured.organisation().as_str(),
        "factors": assured.factors().names().collect::<Vec<_>>(),
        "session": this.id,
        "proved_at": this.proved_at.to_string(),
        "ends": this.ends.to_string(),
    });
    answer(StatusCode::OK, &body)
}
