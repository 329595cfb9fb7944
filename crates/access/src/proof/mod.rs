//! The proof that no request gets round the locks, whatever an organisation's policy says.
//!
//! An evaluation answers one request. A proof answers all of them: Cedar's symbolic compiler turns
//! the policies and a claim of policies/claims.cedar into a formula, and the solver cvc5 looks for
//! a request that is allowed and breaks the claim. Where there is none, the claim holds; where
//! there is one, it is told as a sentence. docs/adr/0007-policy-proof.md says what this rests on.

mod claims;
mod example;
mod questions;
mod report;
mod solver;
#[cfg(test)]
mod tests;

pub use report::{Counterexample, Line, Outcome, Report};
pub use solver::{ProofError, Prover};

use ward_core::Ods;

use crate::{OrganisationPolicy, policy::Policies};

/// An organisation's policy that was proved, and may be put in force.
///
/// Only [`Prover::organisation`] makes one, where every claim holds. It is not stored, copied or
/// made out of bytes.
pub struct Proven {
    policy: OrganisationPolicy,
    policies: Policies,
}

impl Proven {
    /// What was proved.
    pub const fn policy(&self) -> &OrganisationPolicy {
        &self.policy
    }

    pub(crate) fn into_parts(self) -> (Ods, Policies) {
        (self.policy.organisation().clone(), self.policies)
    }
}

/// An organisation's policy, examined.
pub struct Examined {
    /// What holds, and what does not.
    pub report: Report,
    /// The policy, where all of it holds.
    pub proven: Option<Proven>,
}
