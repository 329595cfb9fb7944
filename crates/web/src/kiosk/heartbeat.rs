use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, AssuredRequest, Response, StatusCode};

use crate::{Web, date};

/// `POST /pair/heartbeat`: a device that proves itself is told who it is.
pub(crate) async fn beat(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let body = json!({
        "name": assured.profile().display_name(),
        "organisation": web.organisation(assured.organisation()),
        "at": date::clock(web.clock.now()),
    });
    Ok(Response::json(StatusCode::OK, body.to_string()))
}
