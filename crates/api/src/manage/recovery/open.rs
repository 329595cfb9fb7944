use std::sync::Arc;

use serde::Deserialize;
use ward_access::Approve;
use ward_http::{Answer, AssuredRequest};

use crate::{
    Api,
    manage::{
        caller, done,
        door::{may, named, refused},
        sent,
    },
};

/// What was seen to know the person again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    notes: String,
}

/// `POST /manage/accounts/{id}/recovery/open`
pub(in crate::manage) async fn open(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<Approve>(&api, &request).await?;
    let account = named(&api, &request)?.id();
    let Opened { notes } = sent(&request)?;
    let (assured, caller) = (&request.assured, caller(&request));
    let opened = api
        .identity
        .open_recovery(assured, account, &notes, &caller);
    opened.await.map_err(refused)?;
    Ok(done())
}
