//! Signing the head of the log.

use ward_core::Timestamp;
use ward_crypto::{CheckpointSigner, OrganisationKeys};
use ward_log::{Checkpoint, LogError, Tree, VerifierKey};

use crate::StoreError;

/// Signs the heads of one log.
pub(crate) struct Signer {
    signer: CheckpointSigner,
    key: VerifierKey,
}

impl Signer {
    pub(crate) fn new(keys: &OrganisationKeys) -> Result<Self, StoreError> {
        let signer = keys.checkpoint_signer();
        let key = VerifierKey::new(signer.name(), signer.public_key()).map_err(entry)?;
        Ok(Self { signer, key })
    }

    pub(crate) fn sign(&self, tree: &Tree, time: Timestamp) -> String {
        let checkpoint = Checkpoint {
            origin: self.signer.name().to_owned(),
            size: tree.size(),
            root: tree.root(),
            time: Some(time),
        };
        checkpoint.sign(&self.key, |text| self.signer.sign(text))
    }
}

/// Whether a note is the signed head of this tree, by any key that the organisation had.
pub(crate) fn fits(keys: &OrganisationKeys, note: &str, tree: &Tree) -> Result<bool, StoreError> {
    let signer = keys.checkpoint_signer();
    let name = signer.name();
    let publics = keys.checkpoint_public_keys().into_iter();
    let verifiers: Result<Vec<_>, _> = publics
        .map(|public| VerifierKey::new(name, public))
        .collect();
    let head = Checkpoint::verify(note, &verifiers.map_err(entry)?).map_err(entry)?;
    Ok(head.origin == name && head.size == tree.size() && head.root == tree.root())
}

fn entry(error: LogError) -> StoreError {
    StoreError::Entry(error.into())
}
