use std::sync::Arc;

use serde_json::json;
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};

use super::shown;
use crate::{
    Api,
    manage::{answer, door::may},
};

/// `GET /manage/accounts`
pub(in crate::manage) async fn list(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ReadSecurity>(&api, &request).await?;
    let all = api.identity.accounts(request.assured.organisation());
    let people = all.iter().filter(|account| account.role().is_person());
    let people: Vec<_> = people
        .map(|account| shown(&api, &request, account))
        .collect();
    answer(StatusCode::OK, &json!({ "accounts": people }))
}
