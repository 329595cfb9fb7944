//! The proof holds for what is shipped, and finds what is broken.

use std::collections::BTreeSet;

use cedar_policy::{Authorizer, Decision, Effect, PolicySet, ValidationMode, Validator};
use ward_core::Ods;
use ward_identity::Role;

use super::{
    Outcome, ProofError, Proven, Prover, Report,
    claims::{CLAIMS, Claims, Kind},
};
use crate::{
    Category, OrganisationPolicy, Verb,
    policy::{Policies, Sources},
    scope::Permissions,
    table::{facts, principal},
};

const PERMIT_ALL: &str = r#"@id("all") permit (principal, action, resource);"#;

fn ods(code: &str) -> Ods {
    code.parse().unwrap()
}

fn prover() -> Prover {
    Prover::new("cvc5")
}

/// What is found of some texts.
async fn examine(platform: &str, roles: &str) -> Report {
    examine_schema(Sources::EMBEDDED.schema, platform, roles).await
}

async fn examine_schema(schema: &str, platform: &str, roles: &str) -> Report {
    let sources = Sources {
        schema,
        platform,
        roles,
    };
    let policies = Policies::of(sources, &[]).unwrap();
    let found = prover().ask(policies, None, |_| ()).await;
    found.unwrap_or_else(|error| panic!("{error}")).1
}

/// What is found of an organisation's policy beside the shipped ones.
async fn examine_own(code: &str, text: &str) -> (Report, Option<Proven>) {
    let policy = OrganisationPolicy::read(&ods(code), text).unwrap();
    let found = prover().organisation(policy, |_| ()).await;
    let examined = found.unwrap_or_else(|error| panic!("{error}"));
    (examined.report, examined.proven)
}

fn broken(report: &Report) -> BTreeSet<&str> {
    report.broken().map(|line| line.claim.as_str()).collect()
}

fn sentences(report: &Report, claim: &str) -> Vec<String> {
    report
        .broken()
        .filter(|line| line.claim == claim)
        .map(|line| match &line.outcome {
            Outcome::Broken(example) => example.sentence.clone(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn without(id: &str) -> String {
    let set: PolicySet = Sources::EMBEDDED.platform.parse().unwrap();
    let kept = set
        .policies()
        .filter(|policy| policy.annotation("id") != Some(id));
    let kept: Vec<String> = kept.map(ToString::to_string).collect();
    assert_eq!(kept.len() + 1, set.policies().count(), "{id}");
    kept.join("\n")
}

fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

#[tokio::test]
async fn the_shipped_policies_are_proved() {
    let report = prover().platform(|_| ()).await;
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    assert!(report.holds(), "{:#?}", report.broken().collect::<Vec<_>>());
    let claims = Claims::read().unwrap().claims;
    let about_all = claims.iter().filter(|claim| claim.kind == Kind::Claim);
    for claim in about_all {
        let asked: Vec<_> = report
            .lines
            .iter()
            .filter(|line| line.claim == claim.id)
            .filter_map(|line| line.action)
            .collect();
        assert_eq!(asked, Verb::ALL, "{}", claim.id);
    }
    let guarantees = claims.iter().filter(|claim| claim.kind == Kind::Guarantee);
    for guarantee in guarantees {
        assert!(report.lines.iter().any(|line| line.claim == guarantee.id));
    }
}

#[tokio::test]
async fn the_claims_hold_of_a_permit_for_everything() {
    let roles = format!("{}\n{PERMIT_ALL}", Sources::EMBEDDED.roles);
    let report = examine(Sources::EMBEDDED.platform, &roles).await;
    assert!(report.holds(), "{:?}", broken(&report));
}

#[tokio::test]
async fn each_forbid_that_is_dropped_is_missed() {
    for (forbid, claim) in [
        ("second-factor", "two-factors"),
        ("own-organisation", "one-organisation"),
        ("not-suspended", "no-suspended-account"),
        (
            "relationship-in-force",
            "nothing-through-a-lapsed-relationship",
        ),
        ("relationship-needed", "a-reason-to-see-a-patient"),
        (
            "administrators-see-no-patients",
            "administrators-apart-from-patients",
        ),
        ("inside-scopes", "programs-within-scopes"),
        ("devices-open-nothing", "devices-open-nothing"),
        ("step-up", "a-fresh-proof-to-undo-locks"),
        ("home-entry-stays-sealed", "sealed-to-all"),
    ] {
        let report = examine(&without(forbid), Sources::EMBEDDED.roles).await;
        let missed = broken(&report);
        assert!(missed.contains(claim), "{forbid}: {missed:?}");
        for told in sentences(&report, claim) {
            let is_whole = told.contains(" of WRD0") && told.contains("by policy `roles/");
            assert!(is_whole, "{told}");
        }
    }
    let forbids: PolicySet = Sources::EMBEDDED.platform.parse().unwrap();
    assert_eq!(
        forbids.policies().count(),
        10,
        "name the claim of the new forbid"
    );
}

#[tokio::test]
async fn each_condition_that_is_weakened_is_missed() {
    let platform = Sources::EMBEDDED.platform;
    for (from, to, claim) in [
        (
            "unless { context.second_factor }",
            r#"unless { context.second_factor || principal in Role::"carer" }"#,
            "two-factors",
        ),
        (
            "unless { principal.org == resource.org }",
            r#"unless { principal.org == resource.org || action == Action::"search" }"#,
            "one-organisation",
        ),
        (
            "when { principal.suspended }",
            "when { principal.suspended && resource.patient_data }",
            "no-suspended-account",
        ),
        (
            "when { context has relationship && !context.relationship.in_force }",
            r#"when { context has relationship && !context.relationship.in_force && context.relationship.kind != "break-glass" }"#,
            "nothing-through-a-lapsed-relationship",
        ),
        (
            r#"(action in Action::"view" || action == Action::"create")) ||"#,
            r#"(action in Action::"view" || action in Action::"change")) ||"#,
            "strangers-are-found-and-registered",
        ),
        (
            r#"resource in Category::"demographic" &&
   (action"#,
            r#"(resource in Category::"demographic" || resource in Category::"clinical") &&
   (action"#,
            "a-reason-to-see-a-patient",
        ),
        (
            r#"when { principal in Role::"service" || principal.through_app }"#,
            r#"when { principal in Role::"service" }"#,
            "programs-within-scopes",
        ),
        (
            "principal.scopes.contains(context.scope.any_type))",
            "context.scope.any_type like \"*\")",
            "programs-within-scopes",
        ),
        (
            r#"forbid (principal in Role::"device", action, resource);"#,
            r#"forbid (principal in Role::"device", action, resource) when { resource.patient_data };"#,
            "devices-open-nothing",
        ),
        (
            "context.fresh && context.phishing_resistant",
            "context.fresh",
            "a-fresh-proof-to-undo-locks",
        ),
        (
            "when { resource.sealed }",
            r#"when { resource.sealed && !(principal in Role::"clinician") }"#,
            "sealed-to-all",
        ),
    ] {
        let roles = format!("{}\n{PERMIT_ALL}", Sources::EMBEDDED.roles);
        let report = examine(&changed(platform, from, to), &roles).await;
        let missed = broken(&report);
        assert!(missed.contains(claim), "{to}: {missed:?}");
    }
}

#[tokio::test]
async fn a_sensitive_action_that_leaves_its_group_is_missed() {
    let schema = Sources::EMBEDDED.schema;
    let schema = changed(
        schema,
        r#""manage-policy", approve, contain"#,
        "approve, contain",
    ) + r#"action "manage-policy" appliesTo { principal: Account, resource: Record, context: Facts };"#;
    let report = examine_schema(&schema, Sources::EMBEDDED.platform, Sources::EMBEDDED.roles).await;
    assert_eq!(
        broken(&report),
        BTreeSet::from(["a-fresh-proof-to-undo-locks"])
    );
    assert_eq!(
        sentences(&report, "a-fresh-proof-to-undo-locks"),
        [
            "An administrator of WRD01 could do `manage-policy` on the accounts of WRD01 with a proof \
             that is old or can be phished, by policy `roles/administrator-keeps-accounts`."
        ]
    );
}

#[tokio::test]
async fn a_broken_claim_is_told_as_a_sentence() {
    let roles = r#"@id("reception-reads-all")
        permit (principal in Role::"receptionist", action == Action::"read", resource in Category::"clinical");"#;
    let report = examine(&without("own-organisation"), roles).await;
    assert_eq!(
        sentences(&report, "one-organisation"),
        [
            "A receptionist of WRD01 could read a Condition of a patient of WRD02 though it is another \
             organisation's, by policy `roles/reception-reads-all`."
        ]
    );
}

#[tokio::test]
async fn an_organisations_policy_may_permit_and_forbid_more() {
    let text = r#"
        @id("reception-reads-allergies")
        permit (principal in Role::"receptionist", action in Action::"view", resource in Category::"medication")
        when { context has relationship && principal.org == Organisation::"WRD01" };
        @id("nothing-is-deleted")
        forbid (principal, action == Action::"delete", resource);"#;
    let (report, proven) = examine_own("WRD01", text).await;
    assert!(report.holds(), "{:?}", broken(&report));
    assert_eq!(proven.unwrap().policy().text(), text);
}

#[tokio::test]
async fn a_policy_that_permits_across_organisations_is_not_proven() {
    for condition in [
        "principal.org != resource.org",
        "!context.second_factor",
        "principal.suspended",
        r#"resource in Category::"clinical" && !(context has relationship)"#,
    ] {
        let text = format!(
            r#"@id("too-far") permit (principal in Role::"clinician", action, resource) when {{ {condition} }};"#
        );
        let (report, proven) = examine_own("WRD01", &text).await;
        assert!(proven.is_none());
        assert_eq!(
            broken(&report),
            BTreeSet::from(["permits-something"]),
            "{condition}"
        );
    }
}

#[tokio::test]
async fn a_policy_that_locks_its_own_door_is_not_proven() {
    for text in [
        r#"@id("shut") forbid (principal, action, resource);"#,
        r#"@id("shut") forbid (principal, action == Action::"manage-policy", resource) unless { context.purpose == "audit" };"#,
    ] {
        let (report, proven) = examine_own("WRD01", text).await;
        assert!(proven.is_none());
        assert_eq!(
            sentences(&report, "policy-can-be-mended"),
            [
                "An administrator of WRD01 could not do `manage-policy` on the accounts of WRD01 with a fresh, \
                 phishing-resistant proof, by policy `own/shut`."
            ]
        );
    }
}

#[tokio::test]
async fn a_policy_that_can_fail_is_not_proven() {
    let text = r#"@id("overflows") forbid (principal, action == Action::"read", resource)
        when { 9223372036854775807 + 1 == 0 };"#;
    let (report, proven) = examine_own("WRD01", text).await;
    assert!(proven.is_none());
    assert_eq!(broken(&report), BTreeSet::from(["never-fails"]));
}

#[tokio::test]
async fn without_a_solver_nothing_is_proven() {
    let policy = OrganisationPolicy::read(&ods("WRD01"), PERMIT_ALL).unwrap();
    let found = Prover::new("/nowhere/cvc5")
        .organisation(policy, |_| ())
        .await;
    let error = found.err().unwrap();
    assert!(matches!(error, ProofError::NoSolver { .. }));
    assert!(error.to_string().contains("install cvc5"), "{error}");
}

#[tokio::test]
async fn a_solver_that_can_not_say_proves_nothing() {
    for (script, answers) in [
        (
            "while read -r line; do case \"$line\" in *check-sat*) echo unknown;; esac; done",
            true,
        ),
        ("exit 0", false),
        (
            "while read -r line; do case \"$line\" in *check-sat*) echo yes;; esac; done",
            false,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("solver");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
        let policy = OrganisationPolicy::read(&ods("WRD01"), PERMIT_ALL).unwrap();
        match Prover::new(program).organisation(policy, |_| ()).await {
            Ok(examined) => {
                assert!(answers && examined.proven.is_none() && !examined.report.holds());
            }
            Err(error) => assert!(
                !answers && matches!(error, ProofError::Solver(_)),
                "{error}"
            ),
        }
    }
}

#[test]
fn the_claims_are_strictly_valid_and_not_the_forbids_once_more() {
    let claims: PolicySet = CLAIMS.parse().unwrap();
    let schema = Sources::EMBEDDED.schema().unwrap();
    let result = Validator::new(schema).validate(&claims, ValidationMode::Strict);
    let found: Vec<_> = result
        .validation_errors()
        .map(ToString::to_string)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    let body = |policy: &cedar_policy::Policy| -> String {
        let text = policy.to_string();
        // One without a condition is its own body.
        let body = text.split_once("when {").or(text.split_once("unless {"));
        let body = body.map_or(text.as_str(), |(_, body)| body);
        body.split_whitespace().collect()
    };
    let forbids: PolicySet = Sources::EMBEDDED.platform.parse().unwrap();
    let forbids: Vec<String> = forbids
        .policies()
        .map(body)
        .filter(|body| body.len() > 60)
        .collect();
    for claim in Claims::read().unwrap().claims {
        assert_eq!(claim.policy.effect(), Effect::Permit);
        assert!(
            claim.sentence.ends_with('.') && !claim.otherwise.is_empty(),
            "{}",
            claim.id
        );
        assert!(!forbids.contains(&body(&claim.policy)), "{}", claim.id);
    }
    let unlike_ward = Claims::read().unwrap().unlike_ward;
    assert!(
        unlike_ward
            .iter()
            .all(|policy| policy.effect() == Effect::Forbid)
    );
}

/// Guarantees are given for requests that Ward makes: none of these may be left out.
#[test]
fn what_ward_asks_is_not_said_to_be_unlike_ward() {
    let schema = Sources::EMBEDDED.schema().unwrap();
    let mut policies = Claims::read().unwrap().unlike_ward;
    policies.push(PERMIT_ALL.parse().unwrap());
    let set = PolicySet::from_policies(policies).unwrap();
    let of_accounts = Verb::ALL
        .into_iter()
        .skip_while(|verb| *verb != Verb::ReadSecurity);
    let of_accounts: Vec<Verb> = of_accounts.collect();
    for (role, verb, category) in Role::ALL.into_iter().flat_map(|role| {
        let pairs = Verb::ALL.map(|verb| Category::ALL.map(|category| (role, verb, category)));
        pairs.into_iter().flatten()
    }) {
        let fits = match category {
            Category::Accounts => of_accounts.contains(&verb),
            Category::Log => matches!(verb, Verb::WhoLooked | Verb::ReadLog),
            _ => verb.permission().is_some() || verb == Verb::BreakGlass,
        };
        let principal = principal(role, &ods("WRD01"), Permissions::default());
        let (request, entities) = facts(principal, verb, category).to_cedar(&schema).unwrap();
        let answer = Authorizer::new().is_authorized(&request, &set, &entities);
        let allowed = answer.decision() == Decision::Allow;
        assert_eq!(allowed, fits, "{role} {verb:?} {category:?}");
    }
}

/// Compiles only as long as a type lacks each of these traits: with one of them, which of two
/// implementations is meant could not be told.
macro_rules! lacks {
    ($type:ty: $($bound:path),+) => {$({
        trait Maybe<A> {
            fn lacked() {}
        }
        impl<T: ?Sized> Maybe<()> for T {}
        struct Implemented;
        impl<T: ?Sized + $bound> Maybe<Implemented> for T {}
        <$type as Maybe<_>>::lacked();
    })+};
}

#[test]
fn what_is_proven_is_not_copied_defaulted_or_made_from_a_policy() {
    lacks!(
        Proven: Clone,
        Copy,
        Default,
        std::str::FromStr,
        From<OrganisationPolicy>
    );
}

#[test]
fn a_proof_can_be_waited_for_on_any_thread() {
    fn can_move<T: Send>(_: &T) {}
    let policy = OrganisationPolicy::read(&ods("WRD01"), PERMIT_ALL).unwrap();
    let prover = prover();
    can_move(&prover.organisation(policy, |_| ()));
    can_move(&prover.platform(|_| ()));
}
