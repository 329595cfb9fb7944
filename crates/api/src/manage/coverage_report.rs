use std::sync::Arc;

use serde_json::{json, value::RawValue};
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};

use crate::{
    Api,
    manage::{
        answer,
        door::{may, refused},
        sent,
    },
};

/// What the statement is about.
const ABOUT: &str = "coverage";
/// The longest report, in bytes: a note is 64 KiB at most, its signature included.
pub(super) const REPORT_BYTES: usize = 60 * 1024;

/// `POST /manage/coverage/report`: signs what an operator observed, under their account and the
/// time, so that an auditor can hold the organisation to it.
pub(in crate::manage) async fn sign(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ReadSecurity>(&api, &request).await?;
    let report: Box<RawValue> = sent(&request)?;
    if report.get().chars().any(char::is_control) {
        let text = "Send the report as JSON on one line.";
        return Err(HttpError::bad_request("body", text));
    }
    let signed = api
        .identity
        .sign_statement(&request.assured, ABOUT, report.get());
    let (note, key) = signed.map_err(refused)?;
    answer(
        StatusCode::OK,
        &json!({ "note": note, "key": key.to_string() }),
    )
}
