//! Decisions.

use std::{collections::HashMap, marker::PhantomData, sync::Arc, time::Duration};

use parking_lot::RwLock;
use ward_core::{Clock, Ods, ResourceKey, Timestamp, limits};
use ward_identity::Assured;
use ward_log::{Basis, Factors, Purpose, RefusalReason};

use crate::{
    AccessError, Action, Category, Grant, OrganisationPolicy, Reach, Relationship, Verb,
    facts::{Facts, PrincipalFacts},
    policy::{Origin, Policies, Sources},
    proof::Proven,
    rules::Rules,
    scope::Permissions,
};

/// What is left to an organisation whose own policy can't be read.
const SHUT: &str = r#"@id("shut") forbid (principal, action, resource)
unless { action in [Action::"manage-policy", Action::"approve", Action::"read-security"] };"#;

/// The policies in force: everybody's, and those of organisations that have their own.
pub struct Access {
    standard: Arc<Rules>,
    own: RwLock<HashMap<Ods, Arc<Rules>>>,
    clock: Arc<dyn Clock>,
}

/// An account that asks: what policies may see of it, put together once a request.
pub struct Asker<'a> {
    clock: &'a dyn Clock,
    assured: &'a Assured,
    rules: Arc<Rules>,
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
            standard: Arc::new(Rules::new(Policies::embedded()?)),
            own: RwLock::default(),
            clock,
        })
    }

    /// The policies that accounts of an organisation live by. Of another organisation's records no
    /// policy lets them see anything.
    pub(crate) fn rules(&self, organisation: &Ods) -> Arc<Rules> {
        let own = self.own.read();
        Arc::clone(own.get(organisation).unwrap_or(&self.standard))
    }

    /// Puts a policy that was proved in force for its organisation, beside the platform's and the
    /// default roles. Requests that begin from now on are decided by it.
    pub fn activate(&self, proven: Proven) {
        let (organisation, policies) = proven.into_parts();
        self.put(organisation, policies);
    }

    /// Puts the forbids of a policy in force that is not proved: they only take away. For the
    /// start, when a stored policy waits for its proof, or for a solver.
    ///
    /// # Errors
    /// Where the embedded policies can't be read: a broken build.
    pub fn restrict(&self, policy: &OrganisationPolicy) -> Result<(), AccessError> {
        let policies = Policies::of(Sources::EMBEDDED, &policy.forbids())?;
        self.put(policy.organisation().clone(), policies);
        Ok(())
    }

    /// Lets an organisation do nothing but mend its policy: for one whose policy can't even be read
    /// for what it takes away.
    ///
    /// # Errors
    /// Where the embedded policies can't be read: a broken build.
    pub fn shut(&self, organisation: &Ods) -> Result<(), AccessError> {
        let policies = Policies::of(Sources::EMBEDDED, &Origin::Own.read(SHUT)?)?;
        self.put(organisation.clone(), policies);
        Ok(())
    }

    fn put(&self, organisation: Ods, policies: Policies) {
        let rules = Arc::new(Rules::new(policies));
        self.own.write().insert(organisation, rules);
    }

    /// Puts together what policies may see of an account.
    pub fn asker<'a>(&'a self, assured: &'a Assured) -> Asker<'a> {
        Asker {
            clock: &*self.clock,
            assured,
            rules: self.rules(assured.organisation()),
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
        // A command line administers. Its token gets to no record, whatever else would let it.
        if self.assured.manages() && target.category != Category::Accounts {
            return Err(RefusalReason::OutsideScopes);
        }
        let now = self.clock.now();
        let mut facts = self.facts(verb, target, purpose, now);
        if target.relationships.is_empty() {
            return self.rules.reach(&facts, target.resource.is_none());
        }
        for relationship in target.relationships {
            facts.relationship = relationship
                .as_ref()
                .map(|through| (through.kind, through.in_force(now)));
            self.rules.answer_for_one(&facts)?;
        }
        Ok(Reach::Organisation)
    }

    fn facts(&self, verb: Verb, target: &Target<'_>, purpose: Purpose, now: Timestamp) -> Facts {
        Facts {
            principal: Arc::clone(&self.principal),
            verb,
            category: target.category,
            scoped_type: (self.principal.is_scoped()).then(|| Arc::from(target.resource_type)),
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
    let (factors, through_app) = (assured.factors(), assured.app().is_some());
    PrincipalFacts {
        role: assured.role(),
        organisation: assured.organisation().clone(),
        suspended: assured.profile().suspended(),
        through_app,
        second_factor: two_kinds(factors),
        phishing_resistant: assured.phishing_resistant(),
        permissions: Permissions::of(assured.scopes(), through_app),
    }
}

/// Judged here once more, by what was proved and not by who made the proof.
const fn two_kinds(factors: Factors) -> bool {
    factors.contains(Factors::PASSKEY)
        || factors.contains(Factors::PASSWORD.with(Factors::TOTP))
        || factors.contains(Factors::CLIENT_KEY.with(Factors::DPOP))
        || factors.contains(Factors::FEDERATED)
}
