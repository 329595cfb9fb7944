//! What a server refused, and what to do next.

use std::error::Error as _;

use reqwest::{Response, StatusCode};
use serde_json::Value;
use ward_http::Origin;

use super::field;
use crate::error::Error;

/// An answer that is a refusal.
pub(super) struct Refusal {
    status: StatusCode,
    /// The stable code: of Ward's own, or of OAuth.
    code: String,
    text: String,
    request: Option<String>,
}

impl Refusal {
    pub(super) async fn read(answer: Response) -> Self {
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        let text = |name: &str| field(&body, name).as_str().map(ToOwned::to_owned);
        Self {
            status,
            code: text("error").unwrap_or_default(),
            text: text("text")
                .or_else(|| text("error_description"))
                .unwrap_or_else(|| format!("it answered {status}")),
            request: text("request"),
        }
    }

    /// Whether no question of this session will be answered any more.
    pub(super) fn ends_the_session(&self) -> bool {
        self.code == "token-refused"
    }

    /// In a sentence, with what to do next.
    pub(super) fn told(self) -> Error {
        let next = match (self.code.as_str(), self.status) {
            ("token-refused" | "token-of-another-kind", _) => " Type `ward login`.",
            ("proof-refused" | "invalid_dpop_proof", _) => {
                " Check the clock of this machine, and that the server is called by its own name."
            }
            ("insufficient-user-authentication", _) => " Type `ward login` and begin again.",
            ("refused", _) => " Whoever looks after Ward in your organisation may.",
            (_, StatusCode::NOT_FOUND) => " Check the name or id: yours are in the lists.",
            (_, StatusCode::MISDIRECTED_REQUEST) => " Use the server's public name.",
            (_, status) if status.is_server_error() => " Try again later.",
            _ => "",
        };
        let request = self.request.map(|id| format!(" (request {id})"));
        let request = request.unwrap_or_default();
        Error::Told(format!("the server refused: {}{next}{request}", self.text))
    }
}

pub(super) fn not_logged_in() -> Error {
    Error::Told("you are not logged in: type `ward login --server https://…`".into())
}

/// What kept a question from its server, told without the question.
pub(super) fn unreachable(origin: &Origin, error: &reqwest::Error) -> Error {
    let mut cause = error.source();
    let mut last = String::new();
    while let Some(deeper) = cause {
        last = deeper.to_string();
        cause = deeper.source();
    }
    let next = if last.to_ascii_lowercase().contains("certificate") {
        "If its certificate is of your own authority, name it: ward login --ca FILE."
    } else {
        "Is it running, and is this its address?"
    };
    let origin = origin.as_str();
    Error::Told(format!("{origin} can't be reached: {last}. {next}"))
}
