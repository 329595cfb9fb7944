use std::sync::Arc;

use ward_http::{Answer, PublicRequest, StatusCode};

use super::page::{Choose, Who};
use crate::{Web, error::dead_link, layout::Layout, web::page};

/// `GET /enrol/{token}`: looking at the choice does not use the link up.
pub(crate) async fn show(web: Arc<Web>, request: PublicRequest) -> Answer {
    let token = request.parameter("token");
    let enrolment = web.identity.enrolment(token).ok_or_else(dead_link)?;
    let ods = enrolment.name.organisation();
    let who = Who {
        name: enrolment.display_name,
        organisation: web.organisation(ods).to_owned(),
        sign_in_name: enrolment.name.to_string(),
    };
    let layout = Layout::public().of_organisation(ods.as_str(), web.organisation(ods));
    page(
        StatusCode::OK,
        &layout,
        &Choose {
            token: token.to_owned(),
            who,
            recovers: enrolment.recovers,
            providers: web.providers(Some(ods)),
        },
    )
}
