//! What is claimed: policies/claims.cedar, read.

use cedar_policy::{ParseErrors, Policy, PolicySet};

use crate::AccessError;

/// The claims that are part of this binary.
pub(super) const CLAIMS: &str = include_str!("../../../../policies/claims.cedar");

/// A claim.
pub(super) struct Claim {
    pub(super) id: String,
    /// What is claimed.
    pub(super) sentence: String,
    /// How a sentence about a request that breaks it ends.
    pub(super) otherwise: String,
    pub(super) kind: Kind,
    pub(super) policy: Policy,
}

/// Which way a claim goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whatever is allowed, it permits.
    Claim,
    /// Whatever it permits, is allowed.
    Guarantee,
}

/// All claims.
pub(super) struct Claims {
    pub(super) claims: Vec<Claim>,
    /// Forbids of what Ward never asks: examples are looked for outside them, proofs are not.
    pub(super) unlike_ward: Vec<Policy>,
}

impl Claims {
    pub(super) fn read() -> Result<Self, AccessError> {
        let set: PolicySet = CLAIMS
            .parse()
            .map_err(|error: ParseErrors| AccessError::policy(error))?;
        let (mut claims, mut unlike_ward) = (Vec::new(), Vec::new());
        for policy in set.policies() {
            let text = |key| policy.annotation(key).map(str::to_owned);
            let (sentence, kind) = match (text("claim"), text("guarantee")) {
                (Some(sentence), None) => (sentence, Kind::Claim),
                (None, Some(sentence)) => (sentence, Kind::Guarantee),
                _ if text("example").is_some() => {
                    unlike_ward.push(policy.clone());
                    continue;
                }
                _ => return Err(AccessError::policy("a claim is of no kind")),
            };
            claims.push(Claim {
                id: text("id").ok_or_else(|| AccessError::policy("a claim has no @id"))?,
                sentence,
                otherwise: text("otherwise").unwrap_or_default(),
                kind,
                policy: policy.clone(),
            });
        }
        Ok(Self {
            claims,
            unlike_ward,
        })
    }
}
