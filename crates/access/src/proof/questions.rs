//! What the solver is asked, question by question.

use cedar_policy::{
    Authorizer, Effect, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    RequestEnv, Schema,
};
use cedar_policy_symcc::{
    CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env, err, solver::LocalSolver,
};
use tokio::time::Instant;
use ward_core::Ods;

use super::{
    Counterexample, Line, Outcome, ProofError,
    claims::{Claim, Claims, Kind},
    example,
};
use crate::{AccessError, OrganisationPolicy, Verb, own_policy::called, policy::Policies};

/// The claim that every policy can be evaluated. One that can't be is skipped by Cedar, be it a
/// forbid, and refuses everything in Ward.
const NEVER_FAILS: &str = "never-fails";
/// The claim that an organisation's permit is of use: one that permits only what the platform
/// forbids was meant to reach further.
const PERMITS_SOMETHING: &str = "permits-something";

/// All that is asked of some policies.
pub(super) struct Questions<'a> {
    policies: &'a Policies,
    own: Option<&'a OrganisationPolicy>,
    claims: Claims,
    /// Forbids of what Ward never asks of this organisation.
    unlike_ward: Vec<Policy>,
    compiler: CedarSymCompiler<LocalSolver>,
    each: &'a mut dyn FnMut(&Line),
    lines: Vec<Line>,
}

/// A kind of request, with the policies compiled for it.
struct Case<'a> {
    action: Verb,
    request: &'a RequestEnv,
    allowed: CompiledPolicySet,
}

impl<'a> Questions<'a> {
    pub(super) fn new(
        policies: &'a Policies,
        own: Option<&'a OrganisationPolicy>,
        compiler: CedarSymCompiler<LocalSolver>,
        each: &'a mut dyn FnMut(&Line),
    ) -> Result<Self, ProofError> {
        let claims = Claims::read()?;
        let mut unlike_ward = claims.unlike_ward.clone();
        unlike_ward.extend(own.map(|own| of_another(own.organisation())).transpose()?);
        Ok(Self {
            policies,
            own,
            claims,
            unlike_ward,
            compiler,
            each,
            lines: Vec::new(),
        })
    }

    /// Asks everything.
    pub(super) async fn ask(mut self) -> Result<Vec<Line>, ProofError> {
        let requests = requests(&self.policies.schema);
        for (action, request) in &requests {
            let allowed = self.compile(self.policies.set.policies().cloned(), request)?;
            let case = Case {
                action: *action,
                request,
                allowed,
            };
            for index in 0..self.claims.claims.len() {
                self.ask_claim(index, &case).await?;
            }
            self.ask_never_fails(&case).await?;
        }
        let own = self.own.map_or(&[][..], OrganisationPolicy::statements);
        for permit in own.iter().filter(|one| one.effect() == Effect::Permit) {
            self.ask_permits_something(permit, &requests).await?;
        }
        // It would end by itself, but somebody has to wait for it.
        let _ = self.compiler.solver_mut().clean_up().await;
        Ok(self.lines)
    }

    async fn ask_claim(&mut self, index: usize, case: &Case<'_>) -> Result<(), ProofError> {
        let began = Instant::now();
        let Some(claim) = self.claims.claims.get(index) else {
            return Ok(());
        };
        let (id, sentence) = (claim.id.clone(), claim.sentence.clone());
        let (left, right) = match claim.kind {
            Kind::Claim => {
                let claimed = self.compile([claim.policy.clone()], case.request)?;
                (case.allowed.clone(), claimed)
            }
            Kind::Guarantee if !self.concerns(claim, case) => return Ok(()),
            Kind::Guarantee => {
                let claimed = self.like_ward([claim.policy.clone()], case)?;
                (claimed, case.allowed.clone())
            }
        };
        let outcome = match decided(self.compiler.check_implies_opt(&left, &right).await)? {
            Some(true) => Outcome::Holds,
            Some(false) => Outcome::Broken(self.counterexample(index, case, left, right).await?),
            None => Outcome::Undecided,
        };
        self.tell(id, sentence, Some(case.action), outcome, began);
        Ok(())
    }

    /// A guarantee is about some kinds of request alone.
    fn concerns(&self, claim: &Claim, case: &Case<'_>) -> bool {
        claim
            .policy
            .get_valid_request_envs(&self.policies.schema)
            .any(|request| request == *case.request)
    }

    /// A request that `left` allows and `right` does not: for a claim one that Ward could make, or
    /// else any.
    async fn counterexample(
        &mut self,
        index: usize,
        case: &Case<'_>,
        left: CompiledPolicySet,
        right: CompiledPolicySet,
    ) -> Result<Counterexample, ProofError> {
        let Some(claim) = self.claims.claims.get(index) else {
            return Err(ProofError::solver("no such claim"));
        };
        let compiler = &mut self.compiler;
        let mut found = None;
        if claim.kind == Kind::Claim {
            let all = self.policies.set.policies().chain(&self.unlike_ward);
            let nearer = compile(&self.policies.schema, all.cloned(), case.request)?;
            let answer = compiler.check_implies_with_counterexample_opt(&nearer, &right);
            found = answer.await.ok().flatten();
        }
        if found.is_none() {
            // That there is one is known; an example that can't be shown changes nothing.
            let answer = compiler.check_implies_with_counterexample_opt(&left, &right);
            found = answer.await.ok().flatten();
        }
        Ok(found.map_or_else(example::unshown, |env| {
            example::told(&env, case.action, claim, self.deciding(&env))
        }))
    }

    /// The policies that decide a request.
    fn deciding(&self, env: &Env) -> Vec<String> {
        let response =
            Authorizer::new().is_authorized(&env.request, &self.policies.set, &env.entities);
        let mut policies: Vec<String> = response
            .diagnostics()
            .reason()
            .map(ToString::to_string)
            .collect();
        policies.sort();
        policies
    }

    async fn ask_never_fails(&mut self, case: &Case<'_>) -> Result<(), ProofError> {
        let began = Instant::now();
        let mut outcome = Outcome::Holds;
        for policy in self.policies.set.policies() {
            let compiled = CompiledPolicy::compile(policy, case.request, &self.policies.schema)?;
            let answer = self.compiler.check_never_errors_opt(&compiled).await;
            match decided(answer)? {
                Some(true) => {}
                Some(false) => {
                    outcome = Outcome::Broken(example::fails(policy.id(), case.action));
                    break;
                }
                None => outcome = Outcome::Undecided,
            }
        }
        let sentence = "Every policy can be evaluated.".to_owned();
        self.tell(
            NEVER_FAILS.into(),
            sentence,
            Some(case.action),
            outcome,
            began,
        );
        Ok(())
    }

    /// Whether a permit lets anything through that the platform does not forbid this organisation.
    async fn ask_permits_something(
        &mut self,
        permit: &Policy,
        requests: &[(Verb, RequestEnv)],
    ) -> Result<(), ProofError> {
        let began = Instant::now();
        let mut outcome = Outcome::Broken(example::permits_nothing(permit.id()));
        for (_, request) in requests {
            let forbids = self.policies.forbids_of_the_platform();
            let beside = forbids.chain(&self.unlike_ward).chain([permit]).cloned();
            let alone = self.compile(beside, request)?;
            match decided(self.compiler.check_always_denies_opt(&alone).await)? {
                Some(true) => {}
                Some(false) => {
                    outcome = Outcome::Holds;
                    break;
                }
                None => outcome = Outcome::Undecided,
            }
        }
        let sentence = format!(
            "`{}` permits something that the platform does not forbid.",
            called(permit.id())
        );
        self.tell(PERMITS_SOMETHING.into(), sentence, None, outcome, began);
        Ok(())
    }

    /// Policies, as far as they are about requests that Ward makes.
    fn like_ward(
        &self,
        policies: impl IntoIterator<Item = Policy>,
        case: &Case<'_>,
    ) -> Result<CompiledPolicySet, ProofError> {
        let unlike_ward = self.unlike_ward.iter().cloned();
        self.compile(policies.into_iter().chain(unlike_ward), case.request)
    }

    fn compile(
        &self,
        policies: impl IntoIterator<Item = Policy>,
        request: &RequestEnv,
    ) -> Result<CompiledPolicySet, ProofError> {
        compile(&self.policies.schema, policies, request)
    }

    fn tell(
        &mut self,
        claim: String,
        sentence: String,
        action: Option<Verb>,
        outcome: Outcome,
        began: Instant,
    ) {
        let line = Line {
            claim,
            sentence,
            action,
            outcome,
            took: began.elapsed(),
        };
        (self.each)(&line);
        self.lines.push(line);
    }
}

fn compile(
    schema: &Schema,
    policies: impl IntoIterator<Item = Policy>,
    request: &RequestEnv,
) -> Result<CompiledPolicySet, ProofError> {
    let set = PolicySet::from_policies(policies).map_err(AccessError::policy)?;
    Ok(CompiledPolicySet::compile(&set, request, schema)?)
}

/// The kinds of request that the schema knows, in the order of [`Verb::ALL`].
fn requests(schema: &Schema) -> Vec<(Verb, RequestEnv)> {
    let mut requests: Vec<(Verb, RequestEnv)> = schema
        .request_envs()
        .filter_map(|request| {
            let id: &str = request.action().id().as_ref();
            let verb = Verb::ALL.into_iter().find(|verb| verb.as_str() == id)?;
            Some((verb, request))
        })
        .collect();
    requests.sort_by_key(|(verb, _)| *verb);
    requests
}

/// `None` where the solver ran out of time.
fn decided(answer: err::Result<bool>) -> Result<Option<bool>, ProofError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(err::Error::SolverUnknown) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A forbid of accounts of other organisations: they live by other rules.
fn of_another(own: &Ods) -> Result<Policy, ProofError> {
    let name: EntityTypeName = "Organisation"
        .parse()
        .map_err(|error: cedar_policy::ParseErrors| AccessError::policy(error))?;
    let organisation = EntityUid::from_type_name_and_id(name, EntityId::new(own.as_str()));
    let text = format!(
        "forbid (principal, action, resource) unless {{ principal.org == {organisation} }};"
    );
    let id = PolicyId::new("unlike-ward/another-organisation");
    let policy = Policy::parse(Some(id), text).map_err(AccessError::policy)?;
    Ok(policy)
}
