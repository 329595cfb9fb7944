//! Kinds of credentials that get nobody in, or not there.

use std::fmt;

/// What is shown to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    None,
    PasswordOnly,
    HalfWay,
    Expired,
    Revoked,
    OtherOrganisation,
    Basic,
    BareBearer,
    OtherKey,
    ReplayedProof,
    Recovery,
    Service,
    Device,
    Person,
    CommandLine,
    /// A request to change the connection's protocol.
    Upgrade,
}

impl Kind {
    pub(crate) const ALL: [Self; 16] = [
        Self::None,
        Self::PasswordOnly,
        Self::HalfWay,
        Self::Expired,
        Self::Revoked,
        Self::OtherOrganisation,
        Self::Basic,
        Self::BareBearer,
        Self::OtherKey,
        Self::ReplayedProof,
        Self::Recovery,
        Self::Service,
        Self::Device,
        Self::Person,
        Self::CommandLine,
        Self::Upgrade,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PasswordOnly => "password only",
            Self::HalfWay => "half-way session",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::OtherOrganisation => "other organisation's",
            Self::Basic => "Basic",
            Self::BareBearer => "bare Bearer",
            Self::OtherKey => "DPoP with another key",
            Self::ReplayedProof => "replayed proof",
            Self::Recovery => "recovery",
            Self::Service => "service",
            Self::Device => "device",
            Self::Person => "person's session",
            Self::CommandLine => "command line's token",
            Self::Upgrade => "upgrade",
        }
    }

    /// What would have it tried, where it was not.
    pub(crate) const fn todo(self) -> &'static str {
        match self {
            Self::OtherOrganisation => {
                "probe accounts of two organisations: --credentials, with an operator of each"
            }
            Self::Device => "pair a device, and put what it shows into the folder of --credentials",
            _ => "a credential of this kind, made by its usual ceremony: --credentials DIR",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
