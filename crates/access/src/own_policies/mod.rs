//! Organisations' own policies on their way into force: written by one person, proved, and put in
//! force by another.
//!
//! What was ever in force is kept, with who and when. What is in force is proved by this very
//! process: after a start an organisation's policy only takes away, until its proof is found anew.

mod error;
mod record;
mod start;
mod steps;
mod views;

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use ward_core::{Clock, Ods};
use ward_identity::Identity;

pub use error::OwnPolicyError;
pub use views::{PolicyStep, PolicyView, ProofView, Standing};

use crate::{Access, proof::Prover};
use record::Record;

/// The own policies of all organisations.
pub struct OwnPolicies {
    access: Arc<Access>,
    identity: Arc<Identity>,
    prover: Prover,
    clock: Arc<dyn Clock>,
    organisations: HashMap<Ods, Shelf>,
}

/// Those of one organisation.
#[derive(Default)]
struct Shelf {
    /// Held by whoever puts a policy in force or out of it, from the proof to the commit.
    changing: tokio::sync::Mutex<()>,
    kept: Arc<Mutex<Kept>>,
}

/// What is kept of one organisation, the newest last, and what is known of its proofs.
#[derive(Default)]
struct Kept {
    versions: std::collections::BTreeMap<u32, Record>,
    proofs: HashMap<u32, ProofView>,
    /// The version that is in force whole: with its permits, proved by this process.
    whole: Option<u32>,
}

impl Kept {
    /// What waits for another's yes.
    fn draft(&self) -> Option<(u32, &Record)> {
        let draft = self.versions.iter().find(|(_, record)| record.is_draft());
        draft.map(|(number, record)| (*number, record))
    }

    /// What another said yes to, until it was replaced.
    fn adopted(&self) -> Option<(u32, &Record)> {
        let adopted = self.versions.iter().find(|(_, record)| record.is_adopted());
        adopted.map(|(number, record)| (*number, record))
    }
}

impl OwnPolicies {
    fn shelf(&self, ods: &Ods) -> Result<&Shelf, OwnPolicyError> {
        self.organisations
            .get(ods)
            .ok_or(OwnPolicyError::NoSuchPolicy)
    }
}
