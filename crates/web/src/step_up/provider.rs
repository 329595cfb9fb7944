use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError};

use crate::{Web, sign_in::provider::to_provider};

/// `POST /prove/provider`: to the provider that vouches for the account, for a fresh proof.
pub(crate) async fn leave(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let draft = form.get("draft").unwrap_or_default();
    let assured = &request.assured;
    let id = web.identity.step_up_ways(assured).provider;
    let id = id.ok_or_else(HttpError::not_found)?;
    let left = web.identity.start_federated_step_up(assured, draft).await;
    to_provider(&web, &web.layout(assured), id, left)
}
