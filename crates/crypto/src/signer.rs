//! Who signs checkpoints.

use ward_core::Ods;

use crate::OrganisationKeys;

/// Signs an organisation's checkpoints with its current key (Ed25519, RFC 8032).
#[derive(Clone)]
pub struct CheckpointSigner {
    name: String,
    keys: OrganisationKeys,
}

impl CheckpointSigner {
    pub(crate) fn new(keys: &OrganisationKeys) -> Self {
        Self {
            name: name(keys.ods()),
            keys: keys.clone(),
        }
    }

    /// The name of the key and the origin of the log (C2SP signed-note, tlog-checkpoint):
    /// `ward/<ODS>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key that verifies what this signs.
    pub fn public_key(&self) -> [u8; 32] {
        self.keys.current().public_key()
    }

    /// The signature of a note's text.
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.keys.current().sign(text)
    }
}

fn name(ods: &Ods) -> String {
    format!("ward/{ods}")
}
