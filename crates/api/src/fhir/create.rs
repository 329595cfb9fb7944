//! Create, plain and conditional (R4 3.1.0.8, 3.1.0.8.2).

use std::sync::Arc;

use ward_http::{
    Answer, AssuredRequest, HttpError, Response, StatusCode, form, header, header::HeaderValue,
};
use ward_records::Written;

use super::{bundle::location, condition, door, negotiate, negotiate::Return, resource};
use crate::{Api, refused::refused};

const IF_NONE_EXIST: header::HeaderName = header::HeaderName::from_static("if-none-exist");

/// `POST {type}`
pub(crate) async fn post(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    negotiate::check_no_parameters(&query)?;
    negotiate::check_accept(&request, &query)?;
    let resource = resource(&request)?;
    let condition = if_none_exist(&request)?;
    let (door, base) = door(&api, &request).await?;

    let written = door
        .create(resource, condition.as_deref())
        .await
        .map_err(refused)?;
    written_answer(&request, &base, written)
}

/// The search of `If-None-Exist`. Some send all of its URL, some its parameters alone.
fn if_none_exist(request: &AssuredRequest) -> Result<Option<Vec<(String, String)>>, HttpError> {
    let sent = request.header(&IF_NONE_EXIST)?;
    let query = sent.map(|sent| sent.rsplit_once('?').map_or(sent, |(_, query)| query));
    query.map(|query| form::parse(query.as_bytes())).transpose()
}

/// What a writer is answered with: 201 with the place of what is new, else 200.
pub(crate) fn written_answer(request: &AssuredRequest, base: &str, written: Written) -> Answer {
    let Written {
        version, created, ..
    } = written;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let (number, time) = (version.version, version.last_updated);
    let place = location(base, &version.key, number);
    let response = match negotiate::preferred_return(request)? {
        Return::Minimal => Response::new(status),
        Return::Representation => Response::fhir(status, version.body),
        Return::OperationOutcome => {
            let stored = version.resource().map_err(refused)?;
            let warnings = ward_fhir::nhs_number::warnings(&stored);
            let outcome = ward_fhir::OperationOutcome::of(&warnings);
            Response::fhir(status, outcome.into_bytes())
        }
    };
    let response = condition::with_version(response, number, time);
    Ok(match HeaderValue::from_str(&place) {
        Ok(place) if created => response.with_header(header::LOCATION, place),
        Ok(place) => response.with_header(header::CONTENT_LOCATION, place),
        Err(_) => response,
    })
}
