//! What a person sees when something did not work: what happened, what to do now, and the number
//! to give when asking for help.

use serde::Serialize;
use ward_core::RequestId;
use ward_http::{HttpError, Kind, Pages, PlainPages};

use crate::{
    layout::Layout,
    render::{Page, render},
};

/// A page for what did not work.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorPage {
    heading: &'static str,
    text: String,
    /// What to do now.
    next: &'static str,
    link: Option<Link>,
    /// The request id.
    request: String,
}

/// A way on.
#[derive(Debug, Serialize)]
struct Link {
    href: &'static str,
    text: &'static str,
}

const HOME: Link = Link {
    href: "/",
    text: "Go to the home page",
};
const SIGN_IN: Link = Link {
    href: "/sign-in",
    text: "Sign in",
};

impl ErrorPage {
    fn of(error: &HttpError, request: RequestId) -> Self {
        let (heading, next, link) = match error.kind() {
            Kind::NotFound | Kind::Gone if error.code() == LINK => (
                "This link does not work",
                "Each link works once, and for three days. Ask whoever sent it for a new one.",
                None,
            ),
            Kind::NotFound | Kind::Gone => (
                "Page not found",
                "If you typed the address, check it. A record shows itself only to those who have a reason to see it.",
                Some(HOME),
            ),
            Kind::Unauthenticated if error.code() == STEP_UP => (
                "Prove it is you to go on",
                "Go back, load the page again, and send it once more.",
                Some(HOME),
            ),
            Kind::Unauthenticated if error.code() == PROVIDER_REFUSED => (
                "You are not signed in",
                "Ward asks for two factors that your organisation’s sign-in vouches for, and for a person whom it was told of. Ask whoever looks after Ward in your organisation.",
                Some(SIGN_IN),
            ),
            Kind::Unauthenticated => (
                "Sign in to go on",
                "Your session may have ended.",
                Some(SIGN_IN),
            ),
            Kind::Forbidden => (
                "You can’t do this",
                "If you need to, ask whoever looks after Ward in your organisation.",
                Some(HOME),
            ),
            Kind::TooManyRequests => (
                "Too many attempts",
                "Wait a few minutes, then try again. If that was not you, tell whoever looks after Ward in your organisation.",
                Some(SIGN_IN),
            ),
            Kind::Internal => (
                "Something went wrong",
                "Nothing that you sent was half done.",
                Some(HOME),
            ),
            Kind::Unavailable if error.code() == PROVIDER_DOWN => (
                "Your organisation’s sign-in does not answer",
                "Ward itself works. Try again in a minute; whoever has a passkey, or a password and a code, can sign in with that.",
                Some(SIGN_IN),
            ),
            Kind::Unavailable | Kind::Timeout => {
                ("Ward is busy", "Wait a moment, then try again.", Some(HOME))
            }
            _ => ("That did not work", "Go back and try again.", Some(HOME)),
        };
        let (text, request) = (error.text().to_owned(), request.to_string());
        Self {
            heading,
            text,
            next,
            link,
            request,
        }
    }
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.jinja";

    fn title(&self) -> String {
        self.heading.to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let request = RequestId::from_bytes([15; 16]);
        let wait = std::time::Duration::from_mins(9);
        let errors = [
            HttpError::not_found(),
            dead_link(),
            HttpError::forbidden("form-token", "This form is out of date."),
            of_identity(ward_identity::Error::TooManyAttempts { wait }),
            HttpError::internal(&std::io::Error::other("log.db is gone")),
            HttpError::unavailable("too-slow", "This took too long."),
            of_identity(ward_identity::Error::Provider("it does not answer")),
            HttpError::unauthenticated(PROVIDER_REFUSED, "It did not vouch for you."),
            HttpError::unauthenticated("signed-out", "Sign in to go on."),
            HttpError::bad_request(
                "bad-path",
                "No path here has an empty, dotted or percent-encoded part, and few end with a slash.",
            ),
        ];
        errors
            .iter()
            .map(|error| Self::of(error, request))
            .collect()
    }
}

/// Error pages in the design of the others.
#[derive(Debug, Clone, Copy, Default)]
pub struct ErrorPages;

impl Pages for ErrorPages {
    fn error(&self, error: &HttpError, request: RequestId) -> String {
        render(&Layout::public(), &ErrorPage::of(error, request)).unwrap_or_else(|broken| {
            tracing::error!(target: "ward::web", error = %broken, "error page");
            PlainPages.error(error, request)
        })
    }
}

/// The code of what wants a fresh proof.
const STEP_UP: &str = "step-up";
/// The code of a dead enrolment link.
const LINK: &str = "enrolment-link";
/// The code of what a provider vouched for, and was refused.
pub(crate) const PROVIDER_REFUSED: &str = "provider-refused";
/// The code of a provider that does not answer.
const PROVIDER_DOWN: &str = "provider-down";

/// An enrolment link that works no more, or never did.
pub(crate) fn dead_link() -> HttpError {
    HttpError::new(
        Kind::NotFound,
        LINK,
        "It was used, it is too old, or it was not copied whole.",
    )
}

/// What identity refused, as the caller may know it.
pub(crate) fn of_identity(error: ward_identity::Error) -> HttpError {
    use ward_identity::Error;
    match error {
        Error::Link => dead_link(),
        Error::TooManyAttempts { wait } => {
            let text = "There were too many attempts to sign in.";
            HttpError::new(Kind::TooManyRequests, "too-many-attempts", text)
                .retry_after(wait.as_secs().max(1))
        }
        Error::Busy => HttpError::unavailable("busy", "Many people are signing in at this moment."),
        Error::SignIn | Error::Passkey => {
            HttpError::unauthenticated("sign-in", "That did not sign you in.")
        }
        Error::FreshProof => HttpError::unauthenticated(
            STEP_UP,
            "It was proved too long ago, or with too little, who you are.",
        ),
        Error::Provider(why) => {
            tracing::warn!(target: "ward::web", why, "a provider can't be asked");
            HttpError::unavailable(PROVIDER_DOWN, "It could not be reached, or not understood.")
        }
        Error::NoSuchAccount => HttpError::not_found(),
        Error::Ceremony => {
            HttpError::bad_request("ceremony", "This took too long, or was finished before.")
        }
        Error::NotPossible(why) => HttpError::new(Kind::Conflict, "not-possible", why),
        other => HttpError::internal(&other),
    }
}

/// What was refused of an organisation's own policies, as its author may know it.
pub(crate) fn of_policies(error: ward_access::OwnPolicyError) -> HttpError {
    use ward_access::OwnPolicyError;
    match error {
        OwnPolicyError::NoSuchPolicy => HttpError::not_found(),
        OwnPolicyError::NotPossible(why) => HttpError::new(Kind::Conflict, "not-possible", why),
        OwnPolicyError::Identity(error) => of_identity(error),
        other => HttpError::internal(&other),
    }
}

/// What the door refused, as the caller may know it: what is hidden and what is not there are one.
pub(crate) fn of_records(error: ward_records::Error) -> HttpError {
    use ward_records::Error;
    match error {
        Error::NotFound | Error::Gone | Error::BadLink => HttpError::not_found(),
        Error::Refused => HttpError::forbidden("refused", "Your role does not do this."),
        Error::Emergency(why) => HttpError::new(Kind::Conflict, "not-possible", why),
        Error::TooCostly(how) => HttpError::bad_request("too-costly", how),
        Error::Unavailable(_) => HttpError::unavailable("unavailable", "Ward is getting ready."),
        other => HttpError::internal(&other),
    }
}
