//! Identity's refusals as OAuth has them.

use ward_http::{HttpError, Kind};
use ward_identity::Error;

/// Errors as RFC 6749 5.2 and RFC 9449 5 have them.
pub(super) fn refused(error: Error) -> HttpError {
    let text = error.to_string();
    match error.oauth_code() {
        // RFC 6749 5.2 asks for 401 only of clients that used the Authorization header, which is
        // taken by no route; 400 is what it gives everything else.
        Some(code) => HttpError::bad_request(code, text),
        None if matches!(error, Error::Busy) => {
            HttpError::unavailable("temporarily_unavailable", text)
        }
        None => match error {
            Error::TooManyAttempts { wait } => {
                let error = HttpError::new(Kind::TooManyRequests, "temporarily_unavailable", text);
                error.retry_after(wait.as_secs().max(1))
            }
            other => HttpError::internal(&other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_code_of_its_standard() {
        for (error, kind, code) in [
            (Error::GrantType, Kind::BadRequest, "unsupported_grant_type"),
            (Error::Client("x"), Kind::BadRequest, "invalid_client"),
            (Error::Proof("x"), Kind::BadRequest, "invalid_dpop_proof"),
            (Error::Grant, Kind::BadRequest, "invalid_grant"),
            (
                Error::UnauthorizedClient("x"),
                Kind::BadRequest,
                "unauthorized_client",
            ),
            (
                Error::AuthorizationPending,
                Kind::BadRequest,
                "authorization_pending",
            ),
            (Error::SlowDown, Kind::BadRequest, "slow_down"),
            (Error::AccessDenied, Kind::BadRequest, "access_denied"),
            (Error::ExpiredToken, Kind::BadRequest, "expired_token"),
            (Error::NoScope, Kind::BadRequest, "invalid_scope"),
            (Error::Busy, Kind::Unavailable, "temporarily_unavailable"),
            (Error::Corrupt("x"), Kind::Internal, "internal"),
        ] {
            let refused = refused(error);
            assert_eq!((refused.kind(), refused.code()), (kind, code));
        }
    }
}
