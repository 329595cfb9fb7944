//! The proof of its person that an app asks for (RFC 9470 5; OpenID Connect Core 3.1.2.1).

use std::time::Duration;

use ward_core::Timestamp;

use crate::Assured;

/// What a session must have proved before it may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    /// It was proved then or later: `max_age` before the request began.
    since: Option<Timestamp>,
    /// It can't be given to a false site.
    phishing_resistant: bool,
}

/// What a session lacks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// A fresh proof.
    Fresh,
    /// A fresh proof that can't be given to a false site.
    PhishingResistant,
}

/// The context of a proof that can't be given to a false site (OpenID Connect Extended
/// Authentication Profile, ACR values 1.0, 2).
pub const PHISHING_RESISTANT: &str = "phr";

impl Wanted {
    /// Reads `max_age`, `acr_values` and `prompt` of a request that begins now.
    ///
    /// # Errors
    /// The error code for the app, and what is wrong: what can't be met is refused, not left out.
    pub(crate) fn read(
        max_age: Option<&str>,
        acr_values: Option<&str>,
        prompt: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, (&'static str, &'static str)> {
        let age = match max_age.map(str::parse::<u32>) {
            None => None,
            Some(Ok(seconds)) => Some(Duration::from_secs(seconds.into())),
            Some(Err(_)) => return Err(("invalid_request", "max_age is a number of seconds")),
        };
        let mut since = age.map(|age| now - age);
        for one in prompt.unwrap_or_default().split_ascii_whitespace() {
            match one {
                "login" => since = Some(now),
                // Asked in any case.
                "consent" | "select_account" => {}
                "none" => return Err(("interaction_required", "a person decides each time")),
                _ => return Err(("invalid_request", "prompt can't be read")),
            }
        }
        let mut contexts = acr_values.unwrap_or_default().split_ascii_whitespace();
        let asks = acr_values.is_some_and(|values| !values.trim_ascii().is_empty());
        let phishing_resistant = contexts.any(|one| one == PHISHING_RESISTANT);
        if asks && !phishing_resistant {
            let what = "acr_values names no context that Ward knows";
            return Err(("unmet_authentication_requirements", what));
        }
        Ok(Self {
            since,
            phishing_resistant,
        })
    }

    /// What the proof of a session lacks.
    pub(crate) fn lacking(self, assured: &Assured) -> Option<Lacking> {
        let is_weak = self.phishing_resistant && !assured.phishing_resistant();
        let is_old = self.since.is_some_and(|since| assured.proved_at() < since);
        match (is_weak, is_old) {
            (true, _) => Some(Lacking::PhishingResistant),
            (false, true) if self.phishing_resistant => Some(Lacking::PhishingResistant),
            (false, true) => Some(Lacking::Fresh),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    #[test]
    fn what_an_app_asks_for_is_met_or_refused() {
        let wanted = |since: i64, phishing_resistant| {
            Ok(Wanted {
                since: (since >= 0).then(|| Timestamp::from_seconds(since)),
                phishing_resistant,
            })
        };
        for (max_age, acr_values, prompt, expected) in [
            (None, None, None, wanted(-1, false)),
            (Some("300"), Some("phr"), None, wanted(700, true)),
            (Some("0"), None, None, wanted(1_000, false)),
            (
                Some("300"),
                None,
                Some("login consent"),
                wanted(1_000, false),
            ),
            (None, Some("other phr"), Some("consent"), wanted(-1, true)),
            (None, Some(""), Some(""), wanted(-1, false)),
            (
                None,
                Some("other"),
                None,
                Err("unmet_authentication_requirements"),
            ),
            (
                None,
                Some("phrx"),
                None,
                Err("unmet_authentication_requirements"),
            ),
            (Some("-1"), None, None, Err("invalid_request")),
            (Some(""), None, None, Err("invalid_request")),
            (Some("99999999999"), None, None, Err("invalid_request")),
            (None, None, Some("none"), Err("interaction_required")),
            (None, None, Some("silent"), Err("invalid_request")),
        ] {
            let read = Wanted::read(max_age, acr_values, prompt, NOW).map_err(|(code, _)| code);
            assert_eq!(read, expected, "{max_age:?} {acr_values:?} {prompt:?}");
        }
    }
}
