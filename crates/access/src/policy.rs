//! The policies themselves, and the one place that asks Cedar.

use cedar_policy::{
    Authorizer, Decision, Effect, ParseErrors, Policy, PolicyId, PolicySet, PolicySetError, Schema,
};

use ward_log::RefusalReason;

use crate::{AccessError, facts::Facts, reason};

/// The texts that policies are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// What policies may see.
    pub(crate) schema: &'a str,
    /// The platform's forbids.
    pub(crate) platform: &'a str,
    /// The default roles of an organisation.
    pub(crate) roles: &'a str,
}

impl Sources<'static> {
    /// Those that are part of this binary.
    pub(crate) const EMBEDDED: Self = Self {
        schema: include_str!("../../../policies/schema.cedarschema"),
        platform: include_str!("../../../policies/platform.cedar"),
        roles: include_str!("../../../policies/roles.cedar"),
    };
}

impl Sources<'_> {
    /// What policies may see.
    pub(crate) fn schema(&self) -> Result<Schema, AccessError> {
        let (schema, _warnings) =
            Schema::from_cedarschema_str(self.schema).map_err(AccessError::schema)?;
        Ok(schema)
    }
}

/// Whose a policy is. Its id is that and its `@id`, such as `platform/second-factor`, so that no
/// organisation can write one that passes for the platform's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Platform,
    Roles,
    Own,
}

impl Origin {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Roles => "roles",
            Self::Own => "own",
        }
    }

    /// A policy under its id. `None` where it has no `@id`.
    pub(crate) fn name(self, policy: &Policy) -> Option<Policy> {
        let id = format!("{}/{}", self.as_str(), policy.annotation("id")?);
        Some(policy.new_id(PolicyId::new(id)))
    }

    /// The policies of a text, under their ids.
    pub(crate) fn read(self, text: &str) -> Result<Vec<Policy>, AccessError> {
        let set: PolicySet = text
            .parse()
            .map_err(|error: ParseErrors| AccessError::policy(error))?;
        set.policies()
            .map(|policy| {
                let named = self.name(policy);
                named.ok_or_else(|| AccessError::policy("a policy has no @id"))
            })
            .collect()
    }
}

/// All policies in force, with their schema.
pub(crate) struct Policies {
    pub(crate) schema: Schema,
    pub(crate) set: PolicySet,
    authorizer: Authorizer,
}

impl Policies {
    /// The policies that are part of this binary.
    pub(crate) fn embedded() -> Result<Self, AccessError> {
        Self::of(Sources::EMBEDDED, &[])
    }

    /// The policies of some texts, and an organisation's own.
    pub(crate) fn of(sources: Sources<'_>, own: &[Policy]) -> Result<Self, AccessError> {
        let schema = sources.schema()?;
        let mut all = Origin::Platform.read(sources.platform)?;
        all.extend(Origin::Roles.read(sources.roles)?);
        all.extend(own.iter().cloned());
        let set = PolicySet::from_policies(all)
            .map_err(|error: PolicySetError| AccessError::policy(error))?;
        Ok(Self {
            schema,
            set,
            authorizer: Authorizer::new(),
        })
    }

    /// The forbids of the platform alone.
    pub(crate) fn forbids_of_the_platform(&self) -> impl Iterator<Item = &Policy> {
        let prefix = format!("{}/", Origin::Platform.as_str());
        self.set.policies().filter(move |policy| {
            policy.effect() == Effect::Forbid && policy.id().to_string().starts_with(&prefix)
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
                .map(|id| reason::of_forbid(id.as_ref()))
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
        let platform = Origin::Platform.read(Sources::EMBEDDED.platform).unwrap();
        let roles = Origin::Roles.read(Sources::EMBEDDED.roles).unwrap();
        assert!(platform.iter().all(|p| p.effect() == Effect::Forbid));
        assert!(roles.iter().all(|p| p.effect() == Effect::Permit));
        for policy in platform {
            let reason = reason::of_forbid(policy.id().as_ref());
            assert_ne!(reason, RefusalReason::Unanswerable, "{policy}");
        }
    }
}
