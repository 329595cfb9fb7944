//! Search by GET, by POST, and the pages that follow (R4 3.1.1).

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError, Kind, Response, StatusCode};
use ward_records::{Page, Search};

use super::{bundle::Writer, door, negotiate, resource_type};
use crate::{Api, refused::refused};

/// `GET {type}?...`
pub(crate) async fn get(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    search(&api, &request, query).await
}

/// `POST {type}/_search`: the parameters stand in the body, where no log of a proxy keeps them; those
/// in the URL count too (R4 3.1.1.1.1).
pub(crate) async fn post(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let mut pairs = request.query()?;
    pairs.extend(request.form()?.into_pairs());
    search(&api, &request, pairs).await
}

/// `GET ?_page=...`: the next page of a search.
pub(crate) async fn page(api: Arc<Api>, request: AssuredRequest) -> Answer {
    let query = request.query()?;
    negotiate::check_accept(&request, &query)?;
    let mut links = query
        .iter()
        .filter(|(name, _)| name == "_page")
        .map(|(_, value)| value);
    let (Some(link), None) = (links.next(), links.next()) else {
        let text = "Search one type at a time.";
        return Err(HttpError::new(Kind::BadRequest, "no-type", text));
    };
    let (door, base) = door(&api, &request).await?;
    let page = door.page(link).await.map_err(refused)?;
    Ok(answer(&base, &request, &page))
}

async fn search(api: &Api, request: &AssuredRequest, pairs: Vec<(String, String)>) -> Answer {
    negotiate::check_accept(request, &pairs)?;
    let of_type = resource_type(request)?;
    let (door, base) = door(api, request).await?;
    let search = Search {
        resource_type: of_type.to_owned(),
        pairs,
    };
    let page = door.search(&search).await.map_err(refused)?;
    Ok(answer(&base, request, &page))
}

fn answer(base: &str, request: &AssuredRequest, page: &Page) -> Response {
    Response::fhir(StatusCode::OK, Writer::new(base, request.id()).page(page))
}
