use std::{ops::ControlFlow, sync::Arc};

use ward_core::{PatientId, limits};
use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};
use ward_identity::{AppScopes, Consent, Lacking};

use super::{
    page::{ConsentPage, host},
    scopes,
};
use crate::{
    Web, date,
    error::{of_identity, of_records},
    patient::Banner,
    step_up::{Wanted, ask},
    web::page,
};

/// `GET /authorize/{request}`: what the app asks, once it is known about whom, and who is asked has
/// proved what the app wants proved.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let name = request.parameter("request");
    let asked = match asked(&web, &request) {
        ControlFlow::Continue(asked) => asked,
        ControlFlow::Break(answer) => return answer,
    };
    if asked.needs_patient {
        return Ok(Response::see_other(&format!("/authorize/{name}/patient")));
    }
    let patient = match &asked.patient {
        Some(patient) => Some(banner(&web, &request, patient).await?),
        None => None,
    };
    let organisation = request.assured.organisation();
    let apps = web.identity.apps(organisation);
    let app = apps.iter().find(|app| app.id() == asked.client);
    let approved_by = app.and_then(ward_identity::App::approved_by);
    let shown = ConsentPage {
        request: name.to_owned(),
        host: host(&asked.redirect_uri),
        approved_by: approved_by.map(|by| web.name_of(organisation, by)),
        lasts: lasts(&web, &asked.scopes),
        may: scopes::in_words(&asked.scopes.resources),
        can_choose: !asked.from_launch && patient.is_some(),
        name: asked.name,
        patient,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// What a request asks; or the interruption, where the app wants another proof first.
pub(super) fn asked(web: &Web, request: &AssuredRequest) -> ControlFlow<Answer, Consent> {
    let name = request.parameter("request");
    let asked = web.identity.consent(&request.assured, name);
    let wanted = match asked {
        Err(error) => return ControlFlow::Break(Err(of_identity(error))),
        Ok(asked) => match asked.lacking {
            None => return ControlFlow::Continue(asked),
            Some(Lacking::Fresh) => Wanted::Fresh,
            Some(Lacking::PhishingResistant) => Wanted::PhishingResistant,
        },
    };
    ControlFlow::Break(ask(web, request, wanted))
}

/// Who a patient is; that the person may know it is the door's to say.
pub(super) async fn banner(
    web: &Web,
    request: &AssuredRequest,
    patient: &PatientId,
) -> Result<Banner, HttpError> {
    let assured = &request.assured;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let version = door.map_err(of_records)?.read(&patient.key()).await;
    let resource = version
        .map_err(of_records)?
        .resource()
        .map_err(of_records)?;
    Ok(Banner::of(&resource, date::today(web.clock.now())))
}

fn lasts(web: &Web, scopes: &AppScopes) -> String {
    let minutes = limits::APP_TOKEN.as_secs() / 60;
    if scopes.offline_access {
        let end = date::moment(web.clock.now() + limits::AUTHORIZATION);
        format!("After you sign out, too, until {end} at the latest")
    } else if scopes.online_access {
        "As long as you are signed in here".to_owned()
    } else {
        format!("For {minutes} minutes")
    }
}
