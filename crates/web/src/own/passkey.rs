//! Passkeys of one's own: added, renamed, removed.

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode};
use ward_identity::Error;

use super::passkey_page::{AddPasskey, OnePasskey};
use crate::{
    Web, ceremony, date,
    error::of_identity,
    step_up::ask_or_refuse,
    web::{caller, page},
};

/// `GET /account/passkeys/add`
pub(crate) async fn adding(web: Arc<Web>, request: AssuredRequest) -> Answer {
    match web.identity.check_own_factors(&request.assured) {
        Ok(()) => page(StatusCode::OK, &web.layout(&request.assured), &AddPasskey),
        Err(error) => ask_or_refuse(&web, &request, error),
    }
}

/// `POST /account/passkeys/start`
pub(crate) async fn start(web: Arc<Web>, request: AssuredRequest) -> Answer {
    match web.identity.start_passkey_addition(&request.assured) {
        Ok(started) => ceremony::started(&started),
        Err(error) => load_again_or_refuse(error),
    }
}

/// `POST /account/passkeys/finish`
pub(crate) async fn finish(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let sent = ceremony::Finish::read(&request)?;
    let (credential, caller) = (sent.credential.get(), caller(&request));
    let added = web
        .identity
        .finish_passkey_addition(
            &request.assured,
            &sent.ceremony,
            credential,
            &sent.label,
            &caller,
        )
        .await;
    match added {
        Ok(()) => Ok(Response::json(StatusCode::OK, ceremony::NEXT_ACCOUNT)),
        Err(error) => load_again_or_refuse(error),
    }
}

/// A script that comes too late loads the page again, which asks for the proof.
fn load_again_or_refuse(error: Error) -> Answer {
    match error {
        Error::FreshProof => Ok(Response::json(
            StatusCode::UNAUTHORIZED,
            ceremony::NEXT_ADD_PASSKEY,
        )),
        other => Err(of_identity(other)),
    }
}

/// `GET /account/passkeys/{id}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let factors = web
        .identity
        .factors(assured.organisation(), assured.account())
        .unwrap_or_default();
    let is_last = factors.passkeys.len() == 1 && !factors.password_and_totp;
    let id = request.parameter("id");
    let passkey = factors.passkeys.into_iter().find(|known| known.id == id);
    let passkey = passkey.ok_or_else(HttpError::not_found)?;
    let shown = OnePasskey {
        id: passkey.id,
        label: passkey.label,
        added: date::moment(passkey.created_at),
        last_used: passkey
            .last_used
            .map_or_else(|| "Not yet".to_owned(), date::moment),
        is_last,
    };
    page(StatusCode::OK, &web.layout(assured), &shown)
}

/// `POST /account/passkeys/{id}/rename`
pub(crate) async fn rename(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let label = form.get("label").unwrap_or_default();
    let (id, caller) = (request.parameter("id"), caller(&request));
    let renamed = web
        .identity
        .rename_passkey(&request.assured, id, label, &caller)
        .await;
    done(&web, &request, renamed)
}

/// `POST /account/passkeys/{id}/remove`
pub(crate) async fn remove(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let (id, caller) = (request.parameter("id"), caller(&request));
    let removed = web
        .identity
        .remove_passkey(&request.assured, id, &caller)
        .await;
    done(&web, &request, removed)
}

fn done(web: &Web, request: &AssuredRequest, outcome: Result<(), Error>) -> Answer {
    match outcome {
        Ok(()) => Ok(Response::see_other("/account")),
        Err(error) => ask_or_refuse(web, request, error),
    }
}
