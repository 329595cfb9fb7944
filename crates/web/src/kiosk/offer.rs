use std::sync::Arc;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use ward_http::{Answer, HttpError, Kind, PublicRequest, Response, StatusCode};
use ward_identity::{Collected, Error};

use crate::{Web, error::of_identity, web::caller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    code: String,
    proof: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collect {
    waiting: String,
    proof: String,
}

/// `POST /pair/offer`: the device's key, and a proof of it, for the code that was typed.
pub(crate) async fn offer(web: Arc<Web>, request: PublicRequest) -> Answer {
    let Offer { code, proof } = read(&request)?;
    let caller = caller(&request);
    let offered = web
        .identity
        .offer_key(&code, &proof, &request.url(), &caller);
    let offered = offered.map_err(told)?;
    let body = json!({ "waiting": offered.waiting.expose(), "words": offered.words });
    Ok(Response::json(StatusCode::OK, body.to_string()))
}

/// `POST /pair/collect`: whether the device is taken.
pub(crate) async fn collect(web: Arc<Web>, request: PublicRequest) -> Answer {
    let Collect { waiting, proof } = read(&request)?;
    let found = web
        .identity
        .collect_pairing(&waiting, &proof, &request.url());
    let body = match found.map_err(told)? {
        Collected::Waiting => json!({}),
        Collected::Paired { client, name } => json!({ "client": client, "name": name }),
    };
    Ok(Response::json(StatusCode::OK, body.to_string()))
}

fn read<T: DeserializeOwned>(request: &PublicRequest) -> Result<T, HttpError> {
    let is_json = request.media_type()? == "application/json";
    let read = serde_json::from_slice(request.body())
        .ok()
        .filter(|_| is_json);
    read.ok_or_else(|| HttpError::bad_request("bad-offer", "Load the page again, and try again."))
}

fn told(error: Error) -> HttpError {
    match error {
        Error::Code => {
            let text = "This code is not right, was used, or is too old.";
            HttpError::new(Kind::Conflict, "pairing-code", text)
        }
        Error::Proof(_) => HttpError::bad_request("proof-refused", error.to_string()),
        other => of_identity(other),
    }
}
