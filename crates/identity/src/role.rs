//! What an account is for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ward_core::InvalidId;

/// What an account is for. What each may do is policy, and stands in `policies/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Doctors, nurses, pharmacists, therapists.
    Clinician,
    /// Takes urgent calls.
    CallHandler,
    /// Books people in.
    Receptionist,
    /// Cares for people at home.
    Carer,
    /// Watches over who looked at what.
    InformationGovernance,
    /// Looks after accounts; sees no patients.
    Administrator,
    /// Software, as far as its scopes go.
    Service,
    /// A kiosk or a board. It opens no record.
    Device,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Clinician,
        Self::CallHandler,
        Self::Receptionist,
        Self::Carer,
        Self::InformationGovernance,
        Self::Administrator,
        Self::Service,
        Self::Device,
    ];

    /// The name in policies, files and on the command line: `call-handler`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clinician => "clinician",
            Self::CallHandler => "call-handler",
            Self::Receptionist => "receptionist",
            Self::Carer => "carer",
            Self::InformationGovernance => "information-governance",
            Self::Administrator => "administrator",
            Self::Service => "service",
            Self::Device => "device",
        }
    }

    /// Whether it is people's: software and devices prove themselves in ways of their own.
    pub const fn is_person(self) -> bool {
        !matches!(self, Self::Service | Self::Device)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or(InvalidId("role"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_name_everywhere() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!("root".parse::<Role>(), Err(InvalidId("role")));
    }
}
