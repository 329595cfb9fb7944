//! Who did something.

use std::{fmt, net::IpAddr};

use minicbor::{Decode, Encode};
use ward_core::{AccountId, SessionId};

use crate::codec;

/// An account, as it was when it did something.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Actor {
    /// Which account.
    #[cbor(n(0), with = "codec::one")]
    pub account: AccountId,
    /// In which session; none for a service with a token.
    #[cbor(n(1), with = "codec::maybe", has_nil)]
    pub session: Option<SessionId>,
    /// What it had proved.
    #[n(2)]
    pub factors: Factors,
    /// From where, as the server saw it.
    #[cbor(n(3), with = "codec::maybe", has_nil)]
    pub address: Option<IpAddr>,
}

impl fmt::Debug for Actor {
    /// The account alone: an address is a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actor({})", self.account)
    }
}

/// The factors that were proved: a set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Factors(#[n(0)] u16);

impl Factors {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// A passkey with user verification.
    pub const PASSKEY: Self = Self(1);
    /// A password.
    pub const PASSWORD: Self = Self(1 << 1);
    /// A code of an authenticator app (RFC 6238).
    pub const TOTP: Self = Self(1 << 2);
    /// A service's registered key (RFC 7523).
    pub const CLIENT_KEY: Self = Self(1 << 3);
    /// A token bound to its sender (RFC 9449).
    pub const DPOP: Self = Self(1 << 4);
    /// Two factors, for which the organisation's OIDC provider vouches (OIDC Core 2, `acr`).
    pub const FEDERATED: Self = Self(1 << 5);
    /// The same, one of which can't be given to a false site. It stands beside
    /// [`Factors::FEDERATED`] alone.
    pub const FEDERATED_KEY: Self = Self(1 << 6);

    const NAMES: [(Self, &'static str); 7] = [
        (Self::PASSKEY, "passkey"),
        (Self::PASSWORD, "password"),
        (Self::TOTP, "totp"),
        (Self::CLIENT_KEY, "client-key"),
        (Self::DPOP, "dpop"),
        (Self::FEDERATED, "federated"),
        (Self::FEDERATED_KEY, "federated-key"),
    ];

    /// These and those.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether all of `others` are among these.
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Their names, as pages and reports show them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(factor, _)| self.contains(*factor))
            .map(|it| it.1)
    }
}

impl fmt::Debug for Factors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_a_set() {
        let both = Factors::PASSWORD.with(Factors::TOTP);
        assert!(both.contains(Factors::TOTP) && both.contains(Factors::NONE));
        assert!(!both.contains(Factors::TOTP.with(Factors::PASSKEY)));
        assert_eq!(both.names().collect::<Vec<_>>(), ["password", "totp"]);
    }
}
