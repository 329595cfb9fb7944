//! The policies themselves, and the one place that asks Cedar.

use cedar_policy::{Authorizer, Decision, ParseErrors, PolicySet, Schema};

use ward_log::RefusalReason;

use crate::{AccessError, facts::Facts, reason};

/// What policies may see.
const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");
/// The platform's forbids.
const PLATFORM: &str = include_str!("../../../policies/platform.cedar");
/// The default roles of an organisation.
const ROLES: &str = include_str!("../../../policies/roles.cedar");

/// All policies in force, with their schema.
pub(crate) struct Policies {
    pub(crate) schema: Schema,
    pub(crate) set: PolicySet,
    authorizer: Authorizer,
}

impl Policies {
    /// The policies that are part of this binary.
    pub(crate) fn embedded() -> Result<Self, AccessError> {
        let (schema, _warnings) =
            Schema::from_cedarschema_str(SCHEMA).map_err(AccessError::schema)?;
        let set = format!("{PLATFORM}\n{ROLES}")
            .parse()
            .map_err(|error: ParseErrors| AccessError::policy(error))?;
        Ok(Self {
            schema,
            set,
            authorizer: Authorizer::new(),
        })
    }

    /// The answer to some facts. Where a step-up is said to be missing, it would suffice.
    pub(crate) fn evaluate(&self, facts: &Facts) -> Result<(), RefusalReason> {
        self.ask(facts).or_else(|reason| match reason {
            RefusalReason::StepUp => self.ask(&facts.stepped_up()).and(Err(reason)),
            _ => Err(reason),
        })
    }

    /// Asks Cedar. A policy that fails to evaluate refuses: its forbid might have spoken.
    fn ask(&self, facts: &Facts) -> Result<(), RefusalReason> {
        let (request, entities) = facts
            .to_cedar(&self.schema)
            .map_err(|_| RefusalReason::Unanswerable)?;
        let response = self
            .authorizer
            .is_authorized(&request, &self.set, &entities);
        let diagnostics = response.diagnostics();
        if diagnostics.errors().next().is_some() {
            return Err(RefusalReason::Unanswerable);
        }
        match response.decision() {
            Decision::Allow => Ok(()),
            Decision::Deny => Err(diagnostics
                .reason()
                .filter_map(|id| self.set.annotation(id, "id"))
                .map(reason::of_forbid)
                .min_by_key(|reason| reason::rank(*reason))
                .unwrap_or(RefusalReason::NotInRole)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use cedar_policy::{ValidationMode, Validator};

    use super::*;

    #[test]
    fn the_policies_are_strictly_valid_against_the_schema() {
        let policies = Policies::embedded().unwrap();
        let result =
            Validator::new(policies.schema.clone()).validate(&policies.set, ValidationMode::Strict);
        let found: Vec<_> = result
            .validation_errors()
            .map(ToString::to_string)
            .chain(result.validation_warnings().map(ToString::to_string))
            .collect();
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn every_policy_has_a_name_of_its_own() {
        let policies = Policies::embedded().unwrap();
        let names: Vec<_> = policies
            .set
            .policies()
            .map(|p| p.annotation("id").unwrap())
            .collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn every_forbid_is_the_platforms_and_has_its_reason() {
        let platform: PolicySet = PLATFORM.parse().unwrap();
        let roles: PolicySet = ROLES.parse().unwrap();
        assert!(
            platform
                .policies()
                .all(|p| p.effect() == cedar_policy::Effect::Forbid)
        );
        assert!(
            roles
                .policies()
                .all(|p| p.effect() == cedar_policy::Effect::Permit)
        );
        for policy in platform.policies() {
            let reason = reason::of_forbid(policy.annotation("id").unwrap());
            assert_ne!(reason, RefusalReason::Unanswerable, "{policy}");
        }
    }
}
