//! Transaction and batch (R4 3.1.0.11).

use std::sync::Arc;

use ward_fhir::{Limits, Resource};
use ward_http::{Answer, AssuredRequest, Response, StatusCode};

use super::{bundle::Writer, door, negotiate};
use crate::{Api, refused::refused};

/// `POST` at the base
pub(crate) async fn post(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    negotiate::check_no_parameters(&query)?;
    negotiate::check_accept(&request, &query)?;
    negotiate::check_content_type(&request)?;
    let wanted = negotiate::preferred_return(&request)?;
    let (door, base) = door(&api, &request).await?;
    let bundle = Resource::parse(request.body(), &Limits::BODY)
        .map_err(|error| refused(ward_records::Error::Invalid(vec![error.into()])))?;
    let outcomes = door.bundle(&bundle).await.map_err(refused)?;
    // The door acts upon two types of bundle alone.
    let is_batch = bundle.root().text("type") == Some("batch");
    let kind = if is_batch {
        "batch-response"
    } else {
        "transaction-response"
    };
    let bundle = Writer::new(&base, request.id()).outcomes(kind, outcomes, wanted);
    Ok(Response::fhir(StatusCode::OK, bundle))
}
