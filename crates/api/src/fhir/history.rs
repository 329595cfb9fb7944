//! History of one resource (R4 3.1.0.12).

use std::sync::Arc;

use ward_core::limits;
use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};

use super::{bundle::Writer, door, key, negotiate};
use crate::{Api, refused::refused};

/// `GET {type}/{id}/_history`, with `_count` and the link of a page.
pub(crate) async fn get(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    let (paging, rest): (Vec<_>, Vec<_>) = query
        .into_iter()
        .partition(|(name, _)| matches!(name.as_str(), "_count" | "_page"));
    negotiate::check_no_parameters(&rest)?;
    negotiate::check_accept(&request, &rest)?;
    let (count, link) = asked(&paging)?;
    let key = key(&request)?;
    let (door, base) = door(&api, &request).await?;
    let page = door.history(&key, link, count).await.map_err(refused)?;
    Ok(Response::fhir(
        StatusCode::OK,
        Writer::new(&base, request.id()).history(&key, &page),
    ))
}

/// How many versions, and from where on.
fn asked(paging: &[(String, String)]) -> Result<(usize, Option<&str>), HttpError> {
    let (mut count, mut link) = (None, None);
    for (name, value) in paging {
        let is_new = match name.as_str() {
            "_count" => {
                let number = value.parse().ok().filter(|number| *number > 0);
                count.replace(number.ok_or_else(wrong)?).is_none()
            }
            _ => link.replace(value.as_str()).is_none(),
        };
        if !is_new {
            return Err(wrong());
        }
    }
    Ok((count.unwrap_or(limits::PAGE_MAX), link))
}

fn wrong() -> HttpError {
    let text = "A history takes one _count of 1 or more, and one _page of a link it gave.";
    HttpError::bad_request("wrong-parameter", text)
}
