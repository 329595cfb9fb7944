use std::sync::Arc;

use ward_core::PatientId;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::Role;
use ward_records::{SectionKind, Summary};

use super::{
    banner::Banner,
    contact,
    open_app::openable,
    record::{Part, Record},
    show_page::ShowPage,
    words,
};
use crate::{Web, date, error::of_records, web::page};

/// `GET /patients/{id}`: the record on one page.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let patient = patient(&request)?;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let door = door.map_err(of_records)?;
    let summary = door.summary(&patient).await.map_err(of_records)?;
    let mut record = record(
        &patient,
        summary,
        date::today(web.clock.now()),
        assured.role(),
    )?;
    record.apps = openable(&web, &request);
    record.may_break_glass = door.may_break_glass(&patient).map_err(of_records)?;
    page(StatusCode::OK, &web.layout_with_search(assured), &record)
}

/// The patient that the address names. What can't be an id is nobody's.
pub(super) fn patient(request: &AssuredRequest) -> Result<PatientId, HttpError> {
    PatientId::new(request.parameter("id")).map_err(|_| HttpError::not_found())
}

fn record(
    id: &PatientId,
    summary: Summary,
    today: jiff::civil::Date,
    role: Role,
) -> Result<ShowPage, HttpError> {
    let patient = summary.patient.resource().map_err(of_records)?;
    let is_partial = summary.sections.len() < SectionKind::ALL.len();
    let parts = summary.sections.into_iter().map(|section| {
        let resources = section.items.iter().map(ward_records::Version::resource);
        let resources = resources.collect::<Result<_, _>>().map_err(of_records)?;
        Ok(Part {
            kind: section.kind,
            resources,
            more: section.more,
        })
    });
    let Record {
        allergies,
        flags,
        sections,
        care_team,
    } = Record::of(&parts.collect::<Result<Vec<_>, HttpError>>()?);
    let banner = Banner::of(&patient, today);
    Ok(ShowPage {
        id: id.to_string(),
        contact: contact::lines(&patient, banner.restricted),
        patient: banner,
        allergies,
        flags,
        because: words::because(&summary.because),
        may_break_glass: false,
        may_ask_who_looked: may_ask_who_looked(role, !summary.because.is_empty()),
        sections,
        care_team,
        is_partial,
        apps: Vec::new(),
    })
}

/// Whether to offer the link. Policy decides again when it is followed.
const fn may_ask_who_looked(role: Role, is_related: bool) -> bool {
    match role {
        Role::InformationGovernance => true,
        Role::Clinician => is_related,
        _ => false,
    }
}
