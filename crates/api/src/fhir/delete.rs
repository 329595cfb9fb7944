//! Delete (R4 3.1.0.7).

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, StatusCode, header, header::HeaderValue};

use super::{condition, door, key, negotiate};
use crate::{Api, refused::refused};

/// `DELETE {type}/{id}`
pub(crate) async fn delete(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    negotiate::check_no_parameters(&query)?;
    let key = key(&request)?;
    let if_match = condition::if_match(&request)?;
    let (door, _) = door(&api, &request).await?;
    let ended = door.delete(&key, if_match).await.map_err(refused)?;
    let response = Response::new(StatusCode::NO_CONTENT);
    let tag = ended.and_then(|version| HeaderValue::from_str(&condition::etag(version)).ok());
    Ok(match tag {
        Some(tag) => response.with_header(header::ETAG, tag),
        None => response,
    })
}
