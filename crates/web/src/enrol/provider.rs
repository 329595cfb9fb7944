use std::sync::Arc;

use ward_http::{Answer, PublicRequest};

use crate::{
    Web,
    layout::Layout,
    sign_in::provider::{provider, to_provider},
};

/// `POST /enrol/{token}/provider/{id}`: the person signs in from now on with what their
/// organisation's provider knows them as.
pub(crate) async fn leave(web: Arc<Web>, request: PublicRequest) -> Answer {
    let (token, id) = (request.parameter("token"), provider(&request)?);
    let left = web.identity.start_federated_enrolment(token, id).await;
    to_provider(&web, &Layout::public(), id, left)
}
