use ward_http::AssuredRequest;
use ward_identity::Account;

use crate::Web;

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) suspended: bool,
    pub(crate) enrolled: bool,
    pub(crate) recovering: bool,
}

impl State {
    pub(crate) fn of(web: &Web, request: &AssuredRequest, account: &Account) -> Self {
        let factors = web
            .identity
            .factors(account.organisation(), account.id())
            .unwrap_or_default();
        Self {
            suspended: account.suspended(),
            enrolled: !factors.is_empty(),
            recovering: web
                .identity
                .recovery(&request.assured, account.id())
                .is_some(),
        }
    }

    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self {
                suspended: true,
                enrolled: false,
                ..
            } => "Waits to be let in",
            Self {
                suspended: true, ..
            } => "Suspended",
            Self {
                recovering: true, ..
            } => "Being recovered",
            Self {
                enrolled: false, ..
            } => "Not set up yet",
            _ => "Can sign in",
        }
    }
}
