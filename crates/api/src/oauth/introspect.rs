//! `/oauth/introspect` (RFC 7662; SMART App Launch 2.2, token introspection).

use std::sync::Arc;

use serde_json::json;
use ward_http::{Answer, PublicRequest, Response, StatusCode};
use ward_identity::AccessToken;

use super::{INTROSPECT, caller, refused::refused, with_member};
use crate::Api;

pub(super) async fn introspect(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.form()?.into_pairs();
    let url = request.origin().url(INTROSPECT);
    let found = api
        .identity
        .introspect(&pairs, &url, &caller(&request))
        .await
        .map_err(refused)?;
    let answer = match found {
        None => json!({ "active": false }),
        Some(token) => {
            let answer = json!({
                "active": true,
                "client_id": token.client,
                "scope": token.scope,
                "exp": token.expires.as_seconds(),
                "sub": token.account,
                "iss": request.origin().as_str(),
                "token_type": AccessToken::TYPE,
                "cnf": { "jkt": token.key },
            });
            // What the person proved, and when (RFC 9470 6.2).
            let others = [
                ("auth_time", token.proved.map(|at| json!(at.as_seconds()))),
                ("acr", token.context.map(|context| json!(context))),
                (
                    "patient",
                    token.patient.map(|patient| json!(patient.as_str())),
                ),
            ];
            let others = others
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            others.fold(answer, |answer, (name, value)| {
                with_member(answer, name, value)
            })
        }
    };
    Ok(Response::json(StatusCode::OK, answer.to_string()))
}
