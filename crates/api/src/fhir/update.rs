//! Update, and creation under an id of the caller's (R4 3.1.0.4).

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError};

use super::{condition, create::written_answer, door, key, negotiate, resource};
use crate::{Api, refused::refused};

/// `PUT {type}/{id}`
pub(crate) async fn put(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    negotiate::check_no_parameters(&query)?;
    negotiate::check_accept(&request, &query)?;
    let (key, resource) = (key(&request)?, resource(&request)?);
    if resource.id() != Some(key.id()) {
        let text = "The resource's id must be the one in the URL.";
        return Err(HttpError::bad_request("other-id", text));
    }
    let if_match = condition::if_match(&request)?;
    let (door, base) = door(&api, &request).await?;
    let written = door
        .update(&key, resource, if_match)
        .await
        .map_err(refused)?;
    written_answer(&request, &base, written)
}
