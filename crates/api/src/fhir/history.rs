//! History of one resource (R4 3.1.0.12).

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, StatusCode};

use super::{bundle::Writer, door, key, negotiate};
use crate::{Api, refused::refused};

/// `GET {type}/{id}/_history`
pub(crate) async fn get(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    negotiate::check_no_parameters(&query)?;
    negotiate::check_accept(&request, &query)?;
    let key = key(&request)?;
    let (door, base) = door(&api, &request).await?;
    let versions = door.history(&key).await.map_err(refused)?;
    Ok(Response::fhir(
        StatusCode::OK,
        Writer::new(&base, request.id()).history(&versions),
    ))
}
