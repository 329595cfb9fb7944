//! Read and vread (R4 3.1.0.2, 3.1.0.3).

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};
use ward_records::Version;

use super::{condition, door, key, negotiate};
use crate::{Api, refused::refused};

/// `GET {type}/{id}`
pub(crate) async fn get(api: Arc<Api>, request: AssuredRequest) -> Answer {
    check(&request)?;
    let key = key(&request)?;
    let (door, _) = door(&api, &request).await?;
    let version = door.read(&key).await.map_err(refused)?;
    // 304 tells that the record is as it was: it has been disclosed, and is logged, all the same.
    if condition::is_held(&request, version.version, version.last_updated)? {
        let response = Response::new(StatusCode::NOT_MODIFIED);
        return Ok(condition::with_version(
            response,
            version.version,
            version.last_updated,
        ));
    }
    Ok(answer(version))
}

/// `GET {type}/{id}/_history/{vid}`
pub(crate) async fn vread(api: Arc<Api>, request: AssuredRequest) -> Answer {
    check(&request)?;
    let (key, number) = (key(&request)?, request.parameter("vid"));
    let is_number = !number.starts_with(['0', '+']);
    let number = number
        .parse()
        .ok()
        .filter(|_| is_number)
        .ok_or_else(HttpError::not_found)?;
    let (door, _) = door(&api, &request).await?;
    Ok(answer(door.vread(&key, number).await.map_err(refused)?))
}

fn check(request: &AssuredRequest) -> Result<(), HttpError> {
    let query = request.query()?;
    negotiate::check_no_parameters(&query)?;
    negotiate::check_accept(request, &query)
}

fn answer(version: Version) -> Response {
    let Version {
        version,
        last_updated,
        body,
        ..
    } = version;
    condition::with_version(Response::fhir(StatusCode::OK, body), version, last_updated)
}
