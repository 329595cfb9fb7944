//! Credentials to ask with: made by their usual ceremonies, kept in a folder for as long as it
//! takes, and worth nothing where they are shown.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::kind::Kind;
use crate::{client::Key, error::Error, files};

/// The file of a folder of credentials.
const FILE: &str = "credentials.json";

/// A folder of credentials, as it is kept.
#[derive(Debug, Deserialize)]
pub(crate) struct Folder {
    /// The origin of the server.
    pub(crate) url: String,
    /// The authority of its certificate, where the machine does not know it.
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) held: Vec<Kept>,
    /// Ids that exist, by organisation and by what they name: `patient`.
    #[serde(default)]
    pub(crate) ids: BTreeMap<String, BTreeMap<String, String>>,
}

/// One credential, as it is kept.
#[derive(Deserialize)]
pub(crate) struct Kept {
    pub(crate) is: Is,
    pub(crate) organisation: String,
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What a credential is, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Is {
    Operator,
    Person,
    Service,
    Device,
    Password,
    Expired,
    Revoked,
    Recovery,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum What {
    /// The value of a session's cookie.
    Cookie(String),
    /// An access token, and the key that it is bound to: base64 of PKCS #8.
    Token { token: String, key: String },
    /// A sign-in name with its password, and without its code.
    Password { name: String, password: String },
    /// Something that only looks like a credential.
    Name(String),
}

/// One credential, ready to be shown.
pub(crate) struct Held {
    pub(crate) is: Is,
    pub(crate) organisation: String,
    pub(crate) secret: Secret,
}

pub(crate) enum Secret {
    Cookie(String),
    Token { token: String, key: Key },
    Password { name: String, password: String },
    Name(String),
}

impl Folder {
    /// Reads a folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        let text = files::read(&path)?;
        serde_json::from_str(&text)
            .map_err(|error| Error::Told(format!("{}: {error}", path.display())))
    }

    /// The credentials, ready to be shown.
    pub(crate) fn open(self) -> Result<Vec<Held>, Error> {
        self.held.into_iter().map(Kept::open).collect()
    }
}

impl Kept {
    fn open(self) -> Result<Held, Error> {
        let secret = match self.what {
            What::Cookie(value) => Secret::Cookie(value),
            What::Token { token, key } => Secret::Token {
                token,
                key: Key::from_text(&key).ok_or_else(unreadable)?,
            },
            What::Password { name, password } => Secret::Password { name, password },
            What::Name(name) => Secret::Name(name),
        };
        Ok(Held {
            is: self.is,
            organisation: self.organisation,
            secret,
        })
    }
}

fn unreadable() -> Error {
    Error::Told("a key among the credentials can't be read".into())
}

/// Shows no secret.
impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({:?} {})", self.is, self.organisation)
    }
}

impl Is {
    /// The kind of question that it is shown with where it does not belong.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Operator => Kind::CommandLine,
            Self::Person => Kind::Person,
            Self::Service => Kind::Service,
            Self::Device => Kind::Device,
            Self::Password => Kind::PasswordOnly,
            Self::Expired => Kind::Expired,
            Self::Revoked => Kind::Revoked,
            Self::Recovery => Kind::Recovery,
        }
    }
}
