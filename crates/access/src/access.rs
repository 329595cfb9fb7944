//! Decisions.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use ward_core::{Clock, Ods, ResourceKey, Timestamp, limits};
use ward_identity::{Assured, Role};
use ward_log::{Basis, Factors, Purpose, RefusalReason};

use crate::{
    AccessError, Action, Category, Grant, Reach, Relationship, Verb,
    facts::{Facts, PrincipalFacts},
    policy::Policies,
    scope::Permissions,
    table::KINDS,
};

/// Answers remembered: far more than roles x actions x categories x relationships come to.
const ANSWERS: usize = 20_000;

/// The policies in force, and the answers that they have given.
pub struct Access {
    pub(crate) policies: Policies,
    answers: Cache<Facts, Result<(), RefusalReason>>,
    clock: Arc<dyn Clock>,
}

/// An account that asks: what policies may see of it, put together once a request.
pub struct Asker<'a> {
    access: &'a Access,
    assured: &'a Assured,
    principal: Arc<PrincipalFacts>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    organisation: &'a Ods,
    resource_type: &'a str,
    resource: Option<&'a ResourceKey>,
    category: Category,
    sealed: bool,
    /// One for each patient whom the record names; `None` for a patient without any.
    relationships: &'a [Option<Relationship>],
}

impl<'a> Target<'a> {
    /// One resource.
    pub fn resource(organisation: &'a Ods, key: &'a ResourceKey) -> Self {
        Self {
            resource: Some(key),
            ..Self::resource_type(organisation, key.resource_type())
        }
    }

    /// A resource type: to search it, or to create one of it.
    pub fn resource_type(organisation: &'a Ods, resource_type: &'a str) -> Self {
        let category = Category::of(resource_type);
        let relationships = &[];
        Self {
            organisation,
            resource_type,
            resource: None,
            category,
            sealed: false,
            relationships,
        }
    }

    /// The log, as far as it is about the patients whom [`Target::about`] brings.
    pub fn log(organisation: &'a Ods) -> Self {
        Self {
            category: Category::Log,
            ..Self::resource_type(organisation, "AuditEvent")
        }
    }

    /// The organisation's accounts.
    pub fn accounts(organisation: &'a Ods) -> Self {
        Self {
            category: Category::Accounts,
            ..Self::resource_type(organisation, "Account")
        }
    }

    /// The patients whom the record names: for each the best relationship that there is, in force
    /// or not, or `None`. All of them must let the account through.
    #[must_use]
    pub fn about(mut self, relationships: &'a [Option<Relationship>]) -> Self {
        self.relationships = relationships;
        self
    }

    /// How to get into a home.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }
}

/// Refused, and why: the reason is for the log, not for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("refused")]
pub struct Refused {
    /// Why.
    pub reason: RefusalReason,
}

impl Refused {
    /// The proof with which the same question would be allowed. The caller may be told.
    pub fn step_up(&self) -> Option<StepUp> {
        (self.reason == RefusalReason::StepUp).then_some(StepUp {
            max_age: limits::FRESH_PROOF,
            phishing_resistant: true,
        })
    }
}

/// The proof that is asked for: what RFC 9470 section 3 calls `max_age` and `acr_values`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUp {
    /// How old the proof may be.
    pub max_age: Duration,
    /// Whether it must be one that can't be given to a false site.
    pub phishing_resistant: bool,
}

impl Access {
    /// The policies that are part of this binary, at the time that `clock` shows.
    ///
    /// # Errors
    /// Where the embedded policies can't be read: a broken build.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, AccessError> {
        Ok(Self {
            policies: Policies::embedded()?,
            answers: Cache::new(ANSWERS),
            clock,
        })
    }

    /// Puts together what policies may see of an account.
    pub fn asker<'a>(&'a self, assured: &'a Assured) -> Asker<'a> {
        Asker {
            access: self,
            assured,
            principal: Arc::new(principal_facts(assured)),
        }
    }

    /// [`Asker::decide`] for a single question.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn decide<A: Action>(
        &self,
        assured: &Assured,
        target: &Target<'_>,
        purpose: Purpose,
    ) -> Result<Grant<A>, Refused> {
        self.asker(assured).decide(target, purpose)
    }

    /// The remembered answer, or a new one. The key is all that the policies see.
    pub(crate) fn answer(&self, facts: &Facts) -> Result<(), RefusalReason> {
        if let Some(answer) = self.answers.get(facts) {
            return answer;
        }
        let answer = self.policies.evaluate(facts);
        self.answers.insert(facts.clone(), answer);
        answer
    }

    /// Whether it is allowed, and how far.
    fn reach(&self, facts: &Facts, of_a_type: bool) -> Result<Reach, RefusalReason> {
        let refused = match self.answer(facts) {
            Ok(()) => return Ok(Reach::Organisation),
            Err(reason) => reason,
        };
        let through_any = facts.verb == Verb::Search
            && of_a_type
            && KINDS
                .iter()
                .any(|kind| self.answer(&facts.through(Some((*kind, true)))).is_ok());
        if through_any {
            Ok(Reach::Related)
        } else {
            Err(refused)
        }
    }
}

impl Asker<'_> {
    /// Who asks.
    pub const fn assured(&self) -> &Assured {
        self.assured
    }

    /// Decides, at the clock's time. A search of a type without a patient is granted as far as it
    /// [reaches](Grant::reach).
    ///
    /// # Errors
    /// [`Refused`], where the policies don't permit it, or forbid it.
    pub fn decide<A: Action>(
        &self,
        target: &Target<'_>,
        purpose: Purpose,
    ) -> Result<Grant<A>, Refused> {
        let reach = self
            .check(A::VERB, target, purpose)
            .map_err(|reason| Refused { reason })?;
        let through = target.relationships.iter().flatten().next();
        Ok(Grant {
            organisation: target.organisation.clone(),
            resource_type: target.resource_type.into(),
            resource: target.resource.cloned(),
            actor: self.assured.actor(),
            basis: Basis {
                purpose,
                relationship: through.map(|relationship| relationship.kind),
                source: through.map(|relationship| relationship.source.to_string()),
            },
            reach,
            action: PhantomData,
        })
    }

    fn check(
        &self,
        verb: Verb,
        target: &Target<'_>,
        purpose: Purpose,
    ) -> Result<Reach, RefusalReason> {
        let now = self.access.clock.now();
        let mut facts = self.facts(verb, target, purpose, now);
        if target.relationships.is_empty() {
            return self.access.reach(&facts, target.resource.is_none());
        }
        for relationship in target.relationships {
            facts.relationship = relationship
                .as_ref()
                .map(|through| (through.kind, through.in_force(now)));
            self.permitted_for_one(&facts)?;
        }
        Ok(Reach::Organisation)
    }

    /// A lapsed relationship takes nothing away from what the role may see without one.
    fn permitted_for_one(&self, facts: &Facts) -> Result<(), RefusalReason> {
        self.access.answer(facts).or_else(|reason| {
            let lapsed = reason == RefusalReason::RelationshipNotInForce;
            if lapsed {
                self.access.answer(&facts.through(None)).map_err(|_| reason)
            } else {
                Err(reason)
            }
        })
    }

    fn facts(&self, verb: Verb, target: &Target<'_>, purpose: Purpose, now: Timestamp) -> Facts {
        Facts {
            principal: Arc::clone(&self.principal),
            verb,
            category: target.category,
            scoped_type: (self.principal.role == Role::Service)
                .then(|| Arc::from(target.resource_type)),
            organisation: target.organisation.clone(),
            patient_data: target.category.is_patient_data() || !target.relationships.is_empty(),
            sealed: target.sealed,
            relationship: None,
            purpose,
            fresh: now.since(self.assured.proved_at()) <= limits::FRESH_PROOF,
        }
    }
}

fn principal_facts(assured: &Assured) -> PrincipalFacts {
    let factors = assured.factors();
    PrincipalFacts {
        role: assured.role(),
        organisation: assured.organisation().clone(),
        suspended: assured.profile().suspended(),
        second_factor: two_kinds(factors),
        phishing_resistant: assured.phishing_resistant(),
        permissions: Permissions::of(assured.scopes()),
    }
}

/// Judged here once more, by what was proved and not by who made the proof.
const fn two_kinds(factors: Factors) -> bool {
    factors.contains(Factors::PASSKEY)
        || factors.contains(Factors::PASSWORD.with(Factors::TOTP))
        || factors.contains(Factors::CLIENT_KEY.with(Factors::DPOP))
}
