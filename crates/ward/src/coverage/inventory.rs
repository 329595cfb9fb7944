//! What a server says of itself: `GET /manage/coverage`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The inventory, as one organisation's operator may see it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Inventory {
    pub(crate) origin: String,
    /// Whose accounts and services these are.
    pub(crate) organisation: String,
    /// All that the server holds.
    pub(crate) organisations: Vec<String>,
    pub(crate) routes: Vec<Route>,
    pub(crate) sockets: Sockets,
    pub(crate) accounts: Vec<Account>,
    pub(crate) services: Vec<Service>,
    #[serde(default)]
    pub(crate) providers: Vec<Provider>,
    #[serde(default)]
    pub(crate) devices: Vec<Value>,
    #[serde(default)]
    pub(crate) policies: Vec<Policy>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) pattern: String,
    /// Why nothing need be proved.
    pub(crate) public: Option<String>,
    pub(crate) credential: Option<Takes>,
    #[serde(default)]
    pub(crate) stream: bool,
}

/// The one credential that a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Takes {
    Session,
    Dpop,
    Manage,
    Device,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sockets {
    /// What the process says that it bound.
    pub(crate) listed: Vec<Socket>,
    /// What the operating system says; none where it does not.
    pub(crate) observed: Option<Vec<Socket>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Socket {
    pub(crate) protocol: String,
    pub(crate) address: String,
    pub(crate) purpose: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) suspended: bool,
    pub(crate) passkeys: u64,
    pub(crate) password_and_totp: bool,
    pub(crate) one_factor_alone: bool,
    /// The provider that vouches for it.
    #[serde(default)]
    pub(crate) federated: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) enrolled_by: String,
    pub(crate) approved_by: Option<String>,
    pub(crate) expires: String,
    pub(crate) suspended: bool,
}

/// Who vouches for people of the organisation, and what each of its words is worth.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) map: String,
    pub(crate) proposed_by: String,
    pub(crate) approved_by: Option<String>,
    pub(crate) works: bool,
}

/// An organisation's own policy that is in force, and whether it was proved since the start.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) standing: String,
    pub(crate) proved: bool,
}

impl Service {
    /// Whether two people stand for it.
    pub(crate) fn is_approved(&self) -> bool {
        let other = self.approved_by.as_ref();
        other.is_some_and(|other| *other != self.enrolled_by)
    }
}

impl Provider {
    /// Whether it vouches for people by one person's word, or by no rule.
    pub(crate) fn is_loose(&self) -> bool {
        let other = self.approved_by.as_ref();
        let stands = other.is_some_and(|other| *other != self.proposed_by);
        self.works && (!stands || self.map.trim().is_empty())
    }
}

impl Sockets {
    /// What listens and is not on the list.
    pub(crate) fn unlisted(&self) -> impl Iterator<Item = &Socket> {
        let observed = self.observed.iter().flatten();
        observed.filter(|socket| socket.purpose.is_none())
    }
}

impl Route {
    /// Whether it is a page: what an unproved person is sent from to sign in.
    pub(crate) fn is_page(&self) -> bool {
        self.credential == Some(Takes::Session)
    }

    pub(crate) fn is_safe(&self) -> bool {
        ["GET", "HEAD", "OPTIONS"].contains(&self.method.as_str())
    }
}
