//! What passkey.js and the server say to each other.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ward_http::{Answer, HttpError, Request, Response, StatusCode};
use ward_identity::Started;

/// The browser goes on to signing in with what was enrolled.
pub(crate) const NEXT_ENROLLED: &str = r#"{"next":"/enrolled"}"#;

/// The browser goes to the person's own account.
pub(crate) const NEXT_ACCOUNT: &str = r#"{"next":"/account"}"#;
/// The browser loads the page again on which a passkey is added.
pub(crate) const NEXT_ADD_PASSKEY: &str = r#"{"next":"/account/passkeys/add"}"#;
/// The browser goes on where it was interrupted.
pub(crate) const NEXT_PROVED: &str = r#"{"next":"/prove/continue"}"#;

/// The start of a ceremony.
#[derive(Serialize)]
struct Start<'a> {
    ceremony: &'a str,
    options: &'a RawValue,
}

/// The end of a ceremony, as the browser sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish<'a> {
    pub(crate) ceremony: String,
    #[serde(borrow)]
    pub(crate) credential: &'a RawValue,
    /// What a new passkey is to be called.
    #[serde(default)]
    pub(crate) label: String,
    /// What was interrupted.
    #[serde(default)]
    pub(crate) draft: String,
}

/// Tells the browser what to ask its passkeys.
pub(crate) fn started(started: &Started) -> Answer {
    let body = serde_json::from_str(&started.options).and_then(|options| {
        serde_json::to_vec(&Start {
            ceremony: &started.ceremony,
            options,
        })
    });
    Ok(Response::json(
        StatusCode::OK,
        body.map_err(|error| HttpError::internal(&error))?,
    ))
}

impl<'a> Finish<'a> {
    /// Reads what the browser's passkey answered. The answer itself is for identity to judge.
    pub(crate) fn read(request: &'a Request) -> Result<Self, HttpError> {
        let is_json = request.media_type()? == "application/json";
        let read = serde_json::from_slice(request.body())
            .ok()
            .filter(|_| is_json);
        read.ok_or_else(|| {
            HttpError::bad_request("bad-ceremony", "Load the page again, and try again.")
        })
    }
}
