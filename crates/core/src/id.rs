//! Names of organisations, accounts, sessions, requests and keys.

use std::{fmt, str::FromStr, sync::Arc};

use data_encoding::{Encoding, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Random;

/// A text that is not an id of the kind asked for. Never carries the text: it may be a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct InvalidId(pub &'static str);

/// An organisation's code in the NHS Organisation Data Service: 3 to 12 of `A-Z0-9`.
///
/// Parsing folds lower case to upper case, so that one organisation has one spelling.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ods(Arc<str>);

impl Ods {
    /// The code, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ods {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let fits =
            (3..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(InvalidId("ODS code"))
        }
    }
}

impl fmt::Display for Ods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Ods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Ods {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Ods {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

const HEX: &Encoding = &HEXLOWER_PERMISSIVE;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new id: 128 random bits.
            pub fn random(random: &dyn Random) -> Self {
                let mut bytes = [0; 16];
                random.fill(&mut bytes);
                Self(bytes)
            }

            /// The id from its 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEX.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEX.encode(&self.0))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bytes = HEX.decode(text.as_bytes()).map_err(|_| InvalidId($what))?;
                Ok(Self(bytes.try_into().map_err(|_| InvalidId($what))?))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_id!(
    /// An account: a person, a service or a device. Written as 32 hex digits.
    AccountId,
    "account id"
);
random_id!(
    /// A session's public name, used in the log and to end it. It is not the secret token.
    SessionId,
    "session id"
);
random_id!(
    /// An app that people use: its `client_id`. Written as 32 hex digits.
    AppId,
    "client id"
);
random_id!(
    /// An OIDC provider that says who an organisation's people are. Written as 32 hex digits.
    ProviderId,
    "provider id"
);
random_id!(
    /// One request, shown to its caller so that both sides can name it.
    RequestId,
    "request id"
);

/// Which key sealed an envelope. Key 1 is an organisation's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ods_code_has_one_spelling() {
        assert_eq!("wrd01".parse::<Ods>(), "WRD01".parse::<Ods>());
        for bad in ["", "AB", "ABCDEFGHIJKLM", "A/B1", "../X", "Å123"] {
            assert_eq!(bad.parse::<Ods>(), Err(InvalidId("ODS code")), "{bad}");
        }
    }

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let id = AccountId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("00".parse::<AccountId>(), Err(InvalidId("account id")));
    }
}
