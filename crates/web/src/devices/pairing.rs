use std::sync::Arc;

use serde::Serialize;
use ward_access::{ManageAccounts, ReadSecurity};
use ward_core::RequestId;
use ward_http::{Answer, AssuredRequest, HttpError, Request, Response, StatusCode};
use ward_identity::{PairingStage, PairingView};

use super::list::in_words;
use crate::{Web, accounts::may, date, render::Page, step_up::ask_or_refuse, web::page};

/// A pairing under way.
#[derive(Debug, Serialize)]
pub(crate) struct PairingPage {
    id: String,
    name: String,
    kind: &'static str,
    expires: String,
    /// Where the device is taken to.
    address: String,
    /// What is typed there, in two halves.
    code: Option<String>,
    /// What both screens show.
    words: Option<String>,
    paired: bool,
}

/// `GET /devices/pairings/{id}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let found = web.identity.pairing(&request.assured, named(&request)?);
    let PairingView {
        id,
        name,
        kind,
        expires,
        stage,
    } = found.ok_or_else(HttpError::not_found)?;
    let (code, words, paired) = match stage {
        PairingStage::Open { code } => (code, None, false),
        PairingStage::Offered { words } => (None, Some(words), false),
        PairingStage::Paired => (None, None, true),
    };
    let halves = |code: ward_core::Secret<String>| {
        let (one, other) = code.expose().split_at_checked(4).unwrap_or_default();
        format!("{one} {other}")
    };
    let shown = PairingPage {
        id: id.to_string(),
        name,
        kind: in_words(kind),
        expires: date::clock(expires),
        address: request.origin().url("/pair"),
        code: code.map(halves),
        words,
        paired,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// `POST /devices/pairings/{id}/confirm`: both screens show the same words.
pub(crate) async fn confirm(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageAccounts>(&web, &request).await {
        return answer;
    }
    let id = named(&request)?;
    let form = request.form()?;
    let words = form.get("words").unwrap_or_default();
    let paired = web.identity.confirm_pairing(&request.assured, id, words);
    match paired.await {
        Ok(_) => Ok(Response::see_other(&format!("/devices/pairings/{id}"))),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// `POST /devices/pairings/{id}/end`: they differ, or it was a mistake.
pub(crate) async fn end(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    web.identity.end_pairing(&request.assured, named(&request)?);
    Ok(Response::see_other("/devices"))
}

fn named(request: &Request) -> Result<RequestId, HttpError> {
    let id = request.parameter("id").parse();
    id.map_err(|_| HttpError::not_found())
}

impl Page for PairingPage {
    const TEMPLATE: &'static str = "devices/pairing.jinja";

    fn title(&self) -> String {
        "Pair a device".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let sample = |code: Option<&str>, words: Option<&str>, paired| Self {
            id: "0f".repeat(16),
            name: "Front door".to_owned(),
            kind: "Kiosk",
            expires: "09:20".to_owned(),
            address: "ward.example/pair".to_owned(),
            code: code.map(str::to_owned),
            words: words.map(str::to_owned),
            paired,
        };
        vec![
            sample(Some("BCDF GHJK"), None, false),
            sample(None, None, false),
            sample(None, Some("acid acorn actor album"), false),
            sample(None, None, true),
        ]
    }
}
