use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use ward_access::ManageServices;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{AppScopes, NewApp};

use crate::{
    Api,
    manage::{
        answer,
        door::{may, refused},
        instant, sent,
    },
};

/// What is sent: an app without `jwks` is public.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    redirect_uris: Vec<String>,
    launch_url: Option<String>,
    jwks: Option<Value>,
    scopes: String,
    expires: String,
}

/// `POST /manage/apps`: nobody can use it before somebody else approves it.
pub(in crate::manage) async fn propose(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ManageServices>(&api, &request).await?;
    let new: New = sent(&request)?;
    let new = NewApp {
        name: new.name,
        redirect_uris: new.redirect_uris,
        launch_url: new.launch_url,
        jwks: new.jwks.map(|jwks| jwks.to_string()),
        scopes: AppScopes::parse(&new.scopes).map_err(|error| refused(error.into()))?,
        expires: instant(&new.expires)?,
    };
    let proposed = api.identity.propose_app(&request.assured, new).await;
    let id = proposed.map_err(refused)?;
    answer(StatusCode::CREATED, &json!({ "id": id }))
}
