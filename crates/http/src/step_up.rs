//! Asking a program for a better proof of the person behind it (RFC 9470).

use std::time::Duration;

use hyper::header::{self, HeaderValue};

use crate::{HttpError, PROOF_ALGORITHMS};

impl HttpError {
    /// The proof behind a token is too old or too weak for what was asked: 401 with
    /// `insufficient_user_authentication`, and what would do (RFC 9470 3). The program sends its
    /// person to sign in again by an authorization request with the same two parameters.
    pub fn step_up(max_age: Duration, acr_values: Option<&'static str>) -> Self {
        let error = Self::unauthenticated(
            "insufficient-user-authentication",
            "This needs a proof of who you are that is fresh, and can't be phished.",
        );
        let acr_values =
            acr_values.map_or_else(String::new, |of| format!(r#"acr_values="{of}", "#));
        let value = format!(
            r#"DPoP error="insufficient_user_authentication", error_description="a fresh proof is needed", {acr_values}max_age="{}", algs="{}""#,
            max_age.as_secs(),
            PROOF_ALGORITHMS.join(" "),
        );
        match HeaderValue::from_str(&value) {
            Ok(value) => error.with_header(header::WWW_AUTHENTICATE, value),
            Err(_) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;
    use ward_core::RequestId;

    use super::*;
    use ward_identity::PHISHING_RESISTANT;

    use crate::{PlainPages, render::Surface};

    #[test]
    fn a_program_is_told_what_proof_would_do() {
        let error = HttpError::step_up(Duration::from_mins(5), Some(PHISHING_RESISTANT));
        let id = RequestId::from_bytes([7; 16]);
        let response = Surface::Fhir.error(&error, &Method::POST, id, &PlainPages);
        assert_eq!(response.status().as_u16(), 401);
        let told = response.headers()[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap();
        assert_eq!(
            told,
            "DPoP error=\"insufficient_user_authentication\", error_description=\"a fresh proof is \
             needed\", acr_values=\"phr\", max_age=\"300\", algs=\"ES256 ES384 EdDSA\""
        );
        let body = std::str::from_utf8(response.bytes()).unwrap();
        for part in [
            "OperationOutcome",
            "insufficient-user-authentication",
            "\"login\"",
        ] {
            assert!(body.contains(part), "{body}");
        }
    }

    #[test]
    fn age_alone_may_be_what_is_wanted() {
        let error = HttpError::step_up(Duration::from_mins(1), None);
        let (_, value) = &error.headers()[0];
        let told = value.to_str().unwrap();
        assert!(
            told.contains("max_age=\"60\"") && !told.contains("acr_values"),
            "{told}"
        );
    }
}
