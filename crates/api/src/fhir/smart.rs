//! `.well-known/smart-configuration` (SMART App Launch 2.2, conformance).

use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, Origin, PublicRequest, Response, StatusCode};

use crate::{
    Api,
    oauth::{endpoints, with_member},
};

/// What a client needs to know to get a token.
pub(crate) async fn configuration(api: Arc<Api>, request: PublicRequest) -> Answer {
    api.known_organisation(&request)?;
    Ok(Response::json(StatusCode::OK, document(request.origin())))
}

/// That of every client, with what SMART adds.
fn document(origin: &Origin) -> String {
    let capabilities = json!([
        "launch-ehr",
        "launch-standalone",
        "client-public",
        "client-confidential-asymmetric",
        "context-ehr-patient",
        "context-standalone-patient",
        "context-banner",
        "permission-offline",
        "permission-online",
        "permission-patient",
        "permission-user",
        "permission-v2",
    ]);
    with_member(endpoints(origin), "capabilities", capabilities).to_string()
}
