//! `.well-known/smart-configuration` (SMART App Launch 2.2, conformance).

use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, Origin, PublicRequest, Response, StatusCode};

use crate::Api;

/// What a client needs to know to get a token.
pub(crate) async fn configuration(api: Arc<Api>, request: PublicRequest) -> Answer {
    api.known_organisation(&request)?;
    Ok(Response::json(StatusCode::OK, document(request.origin())))
}

fn document(origin: &Origin) -> String {
    json!({
        "token_endpoint": origin.url(crate::oauth::TOKEN),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": crate::oauth::ASSERTION_ALGORITHMS,
        "dpop_signing_alg_values_supported": ward_http::PROOF_ALGORITHMS,
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": ["system/*.cruds", "system/*.rs"],
        // SMART wants it said, though no grant with a code is offered yet.
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    })
    .to_string()
}
