use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response, StatusCode};

use super::page::{Field, GoOn};
use crate::{Web, web::page};

/// `GET /prove/continue`: back to the page that was asked for, or the form that was sent, once.
pub(crate) async fn go_on(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let session = request.assured.session();
    let Some(place) = web.drafts.go_on(session, web.clock.now()) else {
        return Ok(Response::see_other("/"));
    };
    let Some(fields) = place.fields else {
        return Ok(Response::see_other(&place.address));
    };
    let fields = fields.into_iter().map(|(name, value)| Field {
        name,
        value: value.expose().clone(),
    });
    let shown = GoOn {
        address: place.address,
        fields: fields.collect(),
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}
