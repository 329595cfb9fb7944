use std::time::Duration;

use serde::Serialize;
use ward_core::{AccountId, Timestamp};
use ward_identity::{Account, App};

/// Before its end so long, a registration says that it ends.
const SOON: Duration = Duration::from_hours(24 * 30);

/// How the registration of an app or a service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Nobody but who proposed it has looked at it.
    Waiting,
    Works,
    EndsSoon,
    Expired,
    /// Shut out; a service can be let in again.
    Suspended,
    /// For good.
    Ended,
}

impl State {
    pub(crate) fn of_app(app: &App, now: Timestamp) -> Self {
        if app.ended() {
            return Self::Ended;
        }
        Self::of(app.approved_by(), app.expires(), now)
    }

    /// Of an account that is no service nothing is known here.
    pub(crate) fn of_service(account: &Account, now: Timestamp) -> Option<Self> {
        let service = account.service()?;
        if account.suspended() {
            return Some(Self::Suspended);
        }
        Some(Self::of(service.approved_by(), service.expires(), now))
    }

    fn of(approved_by: Option<AccountId>, expires: Timestamp, now: Timestamp) -> Self {
        match approved_by {
            _ if expires <= now => Self::Expired,
            None => Self::Waiting,
            Some(_) if expires <= now + SOON => Self::EndsSoon,
            Some(_) => Self::Works,
        }
    }

    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Waiting => "Waits for approval",
            Self::Works => "In use",
            Self::EndsSoon => "Ends soon",
            Self::Expired => "Expired",
            Self::Suspended => "Suspended",
            Self::Ended => "Ended",
        }
    }

    /// A colour of the design system's tag.
    pub(crate) const fn colour(self) -> &'static str {
        match self {
            Self::Waiting => "blue",
            Self::Works => "green",
            Self::EndsSoon => "orange",
            Self::Expired | Self::Ended => "grey",
            Self::Suspended => "red",
        }
    }
}
