//! What surrounds every page: header, footer, the warning before a session ends.

use std::time::Duration;

use serde::Serialize;

use crate::assets;

/// The colours that tell one organisation's pages from another's; `ward.css` has as many.
const THEMES: u64 = 6;

/// What surrounds a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Layout {
    title: String,
    assets: String,
    theme: u64,
    organisation: Option<String>,
    account: Option<Account>,
    /// The token that a session's forms carry back; empty before one has signed in.
    form_token: String,
    /// Whether the header has the box to find a patient.
    search: bool,
    session: Option<Session>,
    /// Changes of the account that its person has not said to have seen.
    notices: Vec<String>,
    /// The account is being recovered by others.
    recovery: Option<Recovering>,
}

/// A recovery of one's own account, and the way to stop it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recovering {
    pub(crate) text: String,
    pub(crate) id: String,
}

/// Who is signed in, as the header says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Account {
    /// The account's id: lets a page tell that it is the same person who signed in again.
    pub(crate) id: String,
    /// The account's display name.
    pub(crate) name: String,
    /// The role in plain words.
    pub(crate) role: &'static str,
}

/// When a session ends.
#[derive(Debug, Clone, Copy, Serialize)]
struct Session {
    idle_seconds: u64,
    idle_minutes: u64,
    /// Until the session ends, used or not.
    left_seconds: u64,
}

impl Layout {
    /// Around a page for somebody who is not signed in.
    pub(crate) fn public() -> Self {
        Self {
            title: String::new(),
            assets: assets::address(),
            theme: 0,
            organisation: None,
            account: None,
            form_token: String::new(),
            search: false,
            session: None,
            notices: Vec::new(),
            recovery: None,
        }
    }

    /// Around a page of a session, which ends after `idle` without use and after `left` in any case.
    pub(crate) fn signed_in(
        form_token: String,
        account: Account,
        idle: Duration,
        left: Duration,
    ) -> Self {
        Self {
            account: Some(account),
            session: Some(Session {
                idle_seconds: idle.as_secs(),
                idle_minutes: idle.as_secs() / 60,
                left_seconds: left.as_secs(),
            }),
            form_token,
            ..Self::public()
        }
    }

    /// With the organisation's name, and the colour that goes with its ODS code.
    pub(crate) fn of_organisation(mut self, ods: &str, name: &str) -> Self {
        let sum = ods
            .bytes()
            .fold(0_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        self.theme = sum % THEMES + 1;
        self.organisation = Some(name.to_owned());
        self
    }

    /// With what the person is told of their account.
    pub(crate) fn telling(self, notices: Vec<String>, recovery: Option<Recovering>) -> Self {
        Self {
            notices,
            recovery,
            ..self
        }
    }

    /// Around a page of this title.
    pub(crate) fn titled(&self, title: &str) -> Self {
        Self {
            title: format!("{title} – Ward"),
            ..self.clone()
        }
    }

    /// With the box to find a patient in the header.
    pub(crate) fn with_search(mut self) -> Self {
        self.search = true;
        self
    }
}
