//! `/oauth/authorize` (RFC 6749 4.1.1, 4.1.2.1; RFC 9126 4; RFC 9207).
//!
//! A browser comes from the app's site, and so without the session's cookie, which no other site's
//! request carries. It is shown a page of Ward that leads on at once: from there on it is Ward that
//! asks, and the cookie goes with it.

use std::{sync::Arc, time::Duration};

use ward_core::Secret;
use ward_http::{
    Answer, HttpError, PublicRequest, Response, StatusCode, cookie,
    header::{self, HeaderValue},
};
use ward_identity::{Begun, Error};

use super::{base, refused::refused};
use crate::Api;

/// How long signing in may take before one has to begin again in the app.
const KEPT: Duration = ward_core::limits::CONSENT;

pub(super) async fn begin(api: Arc<Api>, request: PublicRequest) -> Answer {
    let pairs = request.query()?;
    let base = base(request.origin());
    match api.identity.begin_authorization(&pairs, &base) {
        Ok(Begun::Ask(name)) => {
            let path = format!("/authorize/{name}");
            // Kept for whoever must sign in first.
            let kept = cookie::set(cookie::ASKING, &Secret::new(name), Some(KEPT));
            Ok(Response::html(StatusCode::OK, leading_to(&path)).with_cookie(kept))
        }
        Ok(Begun::Back(url)) => {
            let location =
                HeaderValue::from_str(&url).map_err(|error| HttpError::internal(&error))?;
            let response = Response::new(StatusCode::SEE_OTHER);
            Ok(response.with_header(header::LOCATION, location))
        }
        Err(Error::TokenRequest(what)) => Err(HttpError::bad_request("authorization", what)),
        Err(other) => Err(refused(other)),
    }
}

/// A path of this server, of letters, digits, `-`, `_` and `/`.
fn leading_to(path: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Ward</title>\
         <meta http-equiv=\"refresh\" content=\"0;url={path}\"></head>\
         <body><main><h1>Ward</h1><p><a href=\"{path}\">Go on to Ward</a></p></main></body></html>"
    )
}
