//! Where a person lets a command line act for them, or not (RFC 8628 3.3).
//!
//! The code is typed: no link brings it. The page says who asks, as far as that is known, and what
//! a swindler would want (5.4).

pub(crate) mod approve;
pub(crate) mod code;
pub(crate) mod deny;
mod page;

use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Error;

#[cfg(test)]
pub(crate) use page::{Decide, Decided, TypeCode};

use crate::{Web, error::of_identity, web::page};

/// Back to the form where the code was not right, else what else was wrong.
fn refused(web: &Web, request: &AssuredRequest, error: Error) -> Answer {
    match error {
        Error::UserCode => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let shown = page::TypeCode { refused: true };
            page(status, &web.layout(&request.assured), &shown)
        }
        other => Err(of_identity(other)),
    }
}
