use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use ward_access::ManagePolicy;
use ward_http::{Answer, AssuredRequest, StatusCode};

use super::{Policies, refused};
use crate::manage::{answer, door::may, sent};

/// A policy to be kept as the draft.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    text: String,
}

/// `POST /manage/policies`: keeps it as the draft, and begins to prove it.
pub(super) async fn write(policies: Arc<Policies>, request: AssuredRequest) -> Answer {
    let grant = may::<ManagePolicy>(&policies.api, &request).await?;
    let draft: Draft = sent(&request)?;
    let (assured, id) = (&request.assured, request.id());
    let written = policies.own.write(grant, assured, &draft.text, id).await;
    let number = written.map_err(refused)?;
    answer(StatusCode::CREATED, &json!({ "number": number }))
}
