use std::sync::Arc;

use serde::Serialize;
use ward_http::{Answer, AssuredRequest, HttpError};

use super::show::patient;
use crate::{
    Web,
    error::{of_identity, of_records},
    leave::leave,
};

/// An app that can be opened from a patient's page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OpenableApp {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The apps of the reader's organisation that open with a patient.
pub(super) fn openable(web: &Web, request: &AssuredRequest) -> Vec<OpenableApp> {
    let now = web.clock.now();
    let apps = web
        .identity
        .apps(request.assured.organisation())
        .into_iter();
    apps.filter(|app| app.works(now) && app.launch_url().is_some() && app.scopes().launch)
        .map(|app| OpenableApp {
            id: app.id().to_string(),
            name: app.name().to_owned(),
        })
        .collect()
}

/// `POST /patients/{id}/apps/{app}`: opens an app with this patient (SMART App Launch 2.2, EHR
/// launch). It learns who it is only once it has asked, and was allowed to.
pub(crate) async fn open(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let patient = patient(&request)?;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let seen = door.map_err(of_records)?.read(&patient.key()).await;
    seen.map_err(of_records)?;
    let app = request.parameter("app").parse();
    let app = app.map_err(|_| HttpError::not_found())?;
    let base = request
        .origin()
        .url(&format!("/fhir/{}", assured.organisation()));
    let url = web.identity.launch_app(assured, (app, patient), &base);
    let url = url.map_err(of_identity)?;
    let apps = web.identity.apps(assured.organisation());
    let app = apps.into_iter().find(|one| one.id() == app);
    let name = app.map_or_else(String::new, |app| app.name().to_owned());
    leave(&web, &request, name, url)
}
