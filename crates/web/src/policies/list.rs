use std::sync::Arc;

use ward_access::{PolicyView, ReadSecurity};
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Role;

use super::{
    list_page::{PolicyList, Row},
    words,
};
use crate::{Web, accounts::may, error::of_policies, web::page};

/// `GET /policies`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match may::<ReadSecurity>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let all = web.policies.list(&grant).map_err(of_policies)?;
    let row = |policy: &PolicyView| Row {
        number: policy.number,
        standing: words::standing(policy.standing),
        written: words::step(&web, &request, policy.written),
        activated: policy
            .activated
            .map(|step| words::step(&web, &request, step)),
    };
    let shown = PolicyList {
        policies: all.iter().map(row).collect(),
        writes: request.assured.role() == Role::Administrator,
    };
    page(
        StatusCode::OK,
        &web.layout_with_search(&request.assured),
        &shown,
    )
}
