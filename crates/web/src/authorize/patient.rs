//! The patient whom an app's request is about: found as on every page, and chosen.

use std::{ops::ControlFlow, sync::Arc};

use ward_core::PatientId;
use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};

use super::{
    picker::PickerPage,
    show::{asked, banner},
};
use crate::{
    Web,
    error::of_identity,
    patient::{Asked, SearchPage, asked_for, found_by},
    web::page,
};

/// `GET /authorize/{request}/patient`: the box; with `?found=`, who was asked for.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    match asked(&web, &request) {
        ControlFlow::Continue(_) => {
            let search = found_by(&web, &request).await?;
            answer(&web, &request, StatusCode::OK, search)
        }
        ControlFlow::Break(answer) => answer,
    }
}

/// `POST /authorize/{request}/find`
pub(crate) async fn find(web: Arc<Web>, request: AssuredRequest) -> Answer {
    match asked_for(&web, &request).await? {
        Asked::Link(link) => {
            let name = request.parameter("request");
            let place = format!("/authorize/{name}/patient?{link}");
            Ok(Response::see_other(&place))
        }
        Asked::Wrong(search) => answer(&web, &request, StatusCode::UNPROCESSABLE_ENTITY, *search),
    }
}

/// `POST /authorize/{request}/patient`: somebody whose name this person may know.
pub(crate) async fn choose(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let patient = form.get("patient").unwrap_or_default();
    let patient = PatientId::new(patient).map_err(|_| HttpError::not_found())?;
    banner(&web, &request, &patient).await?;
    let name = request.parameter("request");
    let chosen = web.identity.choose_patient(&request.assured, name, patient);
    chosen.map_err(of_identity)?;
    Ok(Response::see_other(&format!("/authorize/{name}")))
}

fn answer(web: &Web, request: &AssuredRequest, status: StatusCode, search: SearchPage) -> Answer {
    let name = request.parameter("request");
    let asked = web.identity.consent(&request.assured, name);
    let shown = PickerPage {
        request: name.to_owned(),
        name: asked.map_err(of_identity)?.name,
        search,
    };
    page(status, &web.layout(&request.assured), &shown)
}
