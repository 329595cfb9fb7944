//! An organisation's keys at rest: wrapped by the root key.

use serde::{Deserialize, Serialize};
use ward_core::{KeyId, Ods};

use crate::base64::Base64;

/// An organisation's keys, wrapped by the root key: the content of its `keys.toml`. As a whole it is
/// authenticated by the root key, so that nobody else can take a key away or an old one back.
#[derive(Clone, Serialize, Deserialize)]
pub struct WrappedOrganisationKeys {
    pub(crate) ods: Ods,
    /// The key that seals.
    pub(crate) current: KeyId,
    /// The key that tokens are made with.
    pub(crate) tokens: KeyId,
    /// HMAC-SHA256 of everything else.
    pub(crate) check: Base64,
    /// By ascending id.
    pub(crate) keys: Vec<WrappedKey>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WrappedKey {
    pub(crate) id: KeyId,
    pub(crate) wrapped: Base64,
}

/// A key a day for two years: more are a mistake, or an attack on memory.
pub(crate) const MAX_KEYS: usize = 1000;

impl WrappedOrganisationKeys {
    /// Whose keys they are.
    pub const fn ods(&self) -> &Ods {
        &self.ods
    }

    /// The key that seals now.
    pub const fn current(&self) -> KeyId {
        self.current
    }

    /// All keys' ids, ascending.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|key| key.id)
    }
}
