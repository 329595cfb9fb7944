use std::sync::Arc;

use serde_json::json;
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};

use super::shown;
use crate::{
    Api,
    manage::{answer, door::may},
};

/// `GET /manage/recoveries`: those that are under way.
pub(in crate::manage) async fn list(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ReadSecurity>(&api, &request).await?;
    let assured = &request.assured;
    let all = api.identity.accounts(assured.organisation()).into_iter();
    let under_way = all.filter_map(|account| api.identity.recovery(assured, account.id()));
    let under_way: Vec<_> = under_way.map(|recovery| shown(&recovery)).collect();
    answer(StatusCode::OK, &json!({ "recoveries": under_way }))
}
