//! The apps that the organisation's people may use.

pub(super) mod approve;
pub(super) mod end;
pub(super) mod list;
pub(super) mod propose;

use ward_core::AppId;
use ward_http::{AssuredRequest, HttpError};

/// The app that a path names. Whether it is the own organisation's is looked at where it is found.
fn named(request: &AssuredRequest) -> Result<AppId, HttpError> {
    let id = request.parameter("id").parse();
    id.map_err(|_| HttpError::not_found())
}
