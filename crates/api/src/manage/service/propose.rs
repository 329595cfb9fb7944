use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::ManageServices;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{NewService, Scopes};

use crate::{
    Api,
    manage::{
        answer,
        door::{may, refused},
        instant, sent,
    },
};

/// What is sent: `jwks` holds the public halves of keys that were made where the service runs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    display_name: String,
    jwks: Value,
    scopes: String,
    expires: String,
}

/// `POST /manage/services`: it gets no token before somebody else approves it.
pub(in crate::manage) async fn propose(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ManageServices>(&api, &request).await?;
    let new: New = sent(&request)?;
    let own = request.assured.account();
    let new = NewService {
        name: new.name,
        display_name: new.display_name,
        jwks: new.jwks.to_string(),
        scopes: Scopes::parse(&new.scopes).map_err(|error| refused(error.into()))?,
        enrolled_by: own,
        approved_by: own,
        expires: instant(&new.expires)?,
    };
    let proposed = api.identity.propose_service(&request.assured, new).await;
    let id = proposed.map_err(refused)?;
    answer(StatusCode::CREATED, &json!({ "id": id }))
}
