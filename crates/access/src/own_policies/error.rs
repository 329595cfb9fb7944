use crate::{AccessError, PolicyError, proof::ProofError};

/// Why nothing was done to an organisation's own policies. Meant for its author.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OwnPolicyError {
    /// The text is no policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// There is no proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// It does not keep what Ward promises: how, in sentences.
    #[error("the policy does not keep what Ward promises: {}", .0.join(" "))]
    Broken(Vec<String>),
    /// The organisation has no policy of this number.
    #[error("there is no such policy")]
    NoSuchPolicy,
    /// It stands otherwise than this step wants.
    #[error("not possible: {0}")]
    NotPossible(&'static str),
    /// What was proved of the person stands no more, or nothing can be written down.
    #[error(transparent)]
    Identity(#[from] ward_identity::Error),
    /// The embedded policies can't be read: a broken build.
    #[error(transparent)]
    Access(#[from] AccessError),
}
