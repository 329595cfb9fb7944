use std::sync::Arc;

use ward_access::Contain;
use ward_core::AccountId;
use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};
use ward_records::{BrokenGlass, Review};

use super::emergency_page::{EmergencyPage, Row};
use crate::{Web, accounts::may, date, error::of_records, web::page};

/// `GET /security/emergency`: what was opened in an emergency, with what nobody has looked at yet.
/// The door writes down whose records the list tells of.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let all = door.map_err(of_records)?.broken_glass().await;
    let all = all.map_err(of_records)?;
    let (to_review, reviewed): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.reviewed.is_none());
    let rows = |all: Vec<BrokenGlass>| all.iter().map(|one| row(&web, &request, one)).collect();
    let shown = EmergencyPage {
        to_review: rows(to_review),
        reviewed: rows(reviewed),
    };
    page(StatusCode::OK, &web.layout_with_search(assured), &shown)
}

/// `POST /security/emergency/{id}/review`: with a fresh proof, as what is said stays.
pub(crate) async fn review(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<Contain>(&web, &request).await {
        return answer;
    }
    let form = request.form()?;
    let in_order = match form.get("finding") {
        Some("in-order") => true,
        Some("not-in-order") => false,
        _ => {
            let text = "Say whether the reason stands.";
            return Err(HttpError::bad_request("finding", text));
        }
    };
    let notes = form.get("notes").unwrap_or_default();
    let assured = &request.assured;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let id = request.parameter("id");
    let reviewed = door
        .map_err(of_records)?
        .review_broken_glass(id, in_order, notes)
        .await;
    reviewed.map_err(of_records)?;
    Ok(Response::see_other("/security/emergency"))
}

fn row(web: &Web, request: &AssuredRequest, broken: &BrokenGlass) -> Row {
    let name = |id: AccountId| {
        let account = web.identity.account(request.assured.organisation(), id);
        account.map_or_else(
            || "somebody".to_owned(),
            |one| one.display_name().to_owned(),
        )
    };
    let is_open = broken.ends > web.clock.now();
    let found = broken.reviewed.as_ref().map(|review: &Review| {
        let finding = if review.in_order {
            "In order"
        } else {
            "Not in order"
        };
        let (by, at) = (name(review.by), date::moment(review.at));
        format!("{finding}, says {by} on {at}: {}", review.notes)
    });
    Row {
        id: broken.id().to_owned(),
        patient: broken.patient.to_string(),
        who: name(broken.account),
        reason: broken.reason.clone(),
        began: date::moment(broken.began),
        ends: date::moment(broken.ends),
        is_open,
        in_order: broken.reviewed.as_ref().map(|review| review.in_order),
        found,
    }
}
