//! Opening a record in an emergency.

use std::sync::Arc;

use serde::Serialize;
use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};
use ward_records::Error;

use super::show::patient;
use crate::{
    Web,
    error::of_records,
    render::{Page, Problem},
    web::page,
};

/// The form that asks why.
#[derive(Debug, Serialize)]
pub(crate) struct BreakGlass {
    id: String,
    reason: String,
    problems: Vec<Problem>,
    refused: Option<&'static str>,
}

/// `GET /patients/{id}/break-glass`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (assured, patient) = (&request.assured, patient(&request)?);
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let may = door.map_err(of_records)?.may_break_glass(&patient);
    if !may.map_err(of_records)? {
        return Err(HttpError::not_found());
    }
    let empty = BreakGlass::new(&patient.to_string(), "", None);
    page(StatusCode::OK, &web.layout_with_search(assured), &empty)
}

/// `POST /patients/{id}/break-glass`
pub(crate) async fn open(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (assured, patient) = (&request.assured, patient(&request)?);
    let form = request.form()?;
    let reason = form.get("reason").unwrap_or_default();
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let opened = door
        .map_err(of_records)?
        .break_glass(&patient, reason)
        .await;
    match opened {
        Ok(_) => Ok(Response::see_other(&format!("/patients/{patient}"))),
        Err(Error::Emergency(why)) => {
            let shown = BreakGlass::new(&patient.to_string(), reason, Some(why));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(status, &web.layout_with_search(assured), &shown)
        }
        Err(error) => Err(of_records(error)),
    }
}

impl BreakGlass {
    fn new(id: &str, reason: &str, refused: Option<&'static str>) -> Self {
        let problem = |why: &str| Problem {
            text: why.to_owned(),
            href: "#reason",
        };
        Self {
            id: id.to_owned(),
            reason: reason.to_owned(),
            problems: refused.into_iter().map(problem).collect(),
            refused,
        }
    }
}

impl Page for BreakGlass {
    const TEMPLATE: &'static str = "patient/break_glass.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Open a record in an emergency")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![
            Self::new("p-1", "", None),
            Self::new("p-1", "x", Some("say why, in 10 to 500 characters")),
        ]
    }
}
