//! The policies as a table, and what must hold of every decision.

use std::{fmt::Write as _, sync::Arc};

use expect_test::expect_file;
use proptest::{prelude::*, sample::select};
use ward_core::{Ods, SystemClock, limits};
use ward_identity::{Role, Scopes};
use ward_log::{Purpose, RefusalReason as Reason, RelationshipKind};

use crate::{
    Access, Category, LEGEND, Refused, StepUp, Verb,
    facts::{Facts, PrincipalFacts},
    policy::Policies,
    rules::Rules,
    scope::{Permissions, permission},
    table::KINDS,
};

fn ods(code: &str) -> Ods {
    code.parse().unwrap()
}

fn principal(role: Role) -> PrincipalFacts {
    PrincipalFacts {
        role,
        organisation: ods("WRD01"),
        suspended: false,
        through_app: false,
        second_factor: true,
        phishing_resistant: true,
        permissions: Permissions::default(),
    }
}

fn facts(principal: PrincipalFacts, verb: Verb, category: Category) -> Facts {
    Facts {
        scoped_type: principal.is_scoped().then(|| "Observation".into()),
        principal: Arc::new(principal),
        verb,
        category,
        organisation: ods("WRD01"),
        patient_data: category.is_patient_data(),
        sealed: false,
        relationship: None,
        purpose: Purpose::DirectCare,
        fresh: true,
    }
}

fn access() -> Access {
    Access::new(Arc::new(SystemClock)).unwrap()
}

/// The policies that organisations without their own live by.
fn rules() -> Rules {
    Rules::new(Policies::embedded().unwrap())
}

#[test]
fn who_may_do_what_is_what_the_table_says() {
    let mut text =
        format!("Who may do what by default, made by a test of ward-access.\n{LEGEND}\n");
    for table in access().tables(&ods("WRD01")) {
        write!(text, "\n{table}\n").unwrap();
    }
    expect_file!["../who-may-do-what.txt"].assert_eq(text.trim_end());
}

#[test]
fn each_refusal_has_its_reason() {
    let rules = rules();
    let reason = |facts: &Facts| rules.policies.evaluate(facts).unwrap_err();
    let base = || facts(principal(Role::Clinician), Verb::Read, Category::Clinical);
    let asked_by = |change: fn(&mut PrincipalFacts)| {
        let mut principal = principal(Role::Clinician);
        change(&mut principal);
        let mut facts = facts(principal, Verb::Read, Category::Clinical);
        facts.relationship = Some((RelationshipKind::CareTeam, true));
        facts
    };
    assert_eq!(reason(&base()), Reason::NoRelationship);
    assert_eq!(
        reason(&base().through(Some((KINDS[0], false)))),
        Reason::RelationshipNotInForce
    );
    assert_eq!(reason(&asked_by(|p| p.suspended = true)), Reason::Suspended);
    assert_eq!(
        reason(&asked_by(|p| p.second_factor = false)),
        Reason::Factors
    );
    assert_eq!(
        reason(&asked_by(|p| p.organisation = ods("WRD02"))),
        Reason::OtherOrganisation
    );
    assert_eq!(
        reason(&asked_by(|p| p.role = Role::Receptionist)),
        Reason::NotInRole
    );
    let sealed = Facts {
        sealed: true,
        ..asked_by(|_| ())
    };
    assert_eq!(reason(&sealed), Reason::Sealed);
    let service = facts(principal(Role::Service), Verb::Read, Category::Clinical);
    assert_eq!(reason(&service), Reason::OutsideScopes);
}

/// What the schema puts into the group `sensitive`.
const SENSITIVE: [Verb; 5] = [
    Verb::ManageAccounts,
    Verb::ManageServices,
    Verb::ManagePolicy,
    Verb::Approve,
    Verb::Contain,
];

#[test]
fn what_is_sensitive_wants_a_proof_that_is_fresh_and_phishing_resistant() {
    let rules = rules();
    for verb in SENSITIVE {
        for (fresh, phishing_resistant) in [(true, true), (true, false), (false, true)] {
            let principal = PrincipalFacts {
                phishing_resistant,
                ..principal(Role::Administrator)
            };
            let asked = Facts {
                fresh,
                ..facts(principal, verb, Category::Accounts)
            };
            let expected = if fresh && phishing_resistant {
                Ok(())
            } else {
                Err(Reason::StepUp)
            };
            assert_eq!(rules.policies.evaluate(&asked), expected, "{verb:?}");
        }
    }
}

#[test]
fn nobody_is_sent_to_a_step_up_that_would_not_help() {
    let rules = rules();
    for verb in SENSITIVE {
        let asked = Facts {
            fresh: false,
            ..facts(principal(Role::Clinician), verb, Category::Accounts)
        };
        let told = rules.policies.evaluate(&asked);
        assert_eq!(told, Err(Reason::NotInRole), "{verb:?}");
    }
}

#[test]
fn who_is_refused_for_want_of_a_step_up_is_told_what_is_wanted() {
    let wanted = |reason| Refused { reason }.step_up();
    assert_eq!(
        wanted(Reason::StepUp),
        Some(StepUp {
            max_age: limits::FRESH_PROOF,
            phishing_resistant: true
        })
    );
    assert_eq!(wanted(Reason::NotInRole), None);
}

prop_compose! {
    fn any_principal()(
        role in select(&Role::ALL),
        organisation in select(&["WRD01", "WRD02"]),
        suspended in prop::bool::weighted(0.1),
        through_app in prop::bool::weighted(0.3),
        second_factor in prop::bool::weighted(0.9),
        phishing_resistant in any::<bool>(),
        scopes in prop::collection::vec(
            select(&["system/*.rs", "system/Observation.cruds", "system/Patient.r", "user/*.cruds"]), 0..3),
    ) -> PrincipalFacts {
        PrincipalFacts {
            role,
            organisation: ods(organisation),
            suspended,
            through_app,
            second_factor,
            phishing_resistant,
            permissions: Permissions::of(&Scopes::parse(&scopes.join(" ")).unwrap(), through_app),
        }
    }
}

prop_compose! {
    fn any_facts()(
        principal in any_principal(),
        verb in select(&Verb::ALL),
        category in select(&Category::ALL),
        patient_data in any::<bool>(),
        sealed in prop::bool::weighted(0.1),
        relationship in prop::option::of((select(&KINDS), prop::bool::weighted(0.7))),
        purpose in select(&[Purpose::DirectCare, Purpose::Administration]),
        fresh in any::<bool>(),
    ) -> Facts {
        Facts {
            patient_data: patient_data || category.is_patient_data(),
            sealed,
            relationship,
            purpose,
            fresh,
            ..facts(principal, verb, category)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_remembered_answer_is_the_answer(asked in prop::collection::vec(any_facts(), 1..6)) {
        let rules = rules();
        for facts in asked.iter().chain(&asked) {
            prop_assert_eq!(rules.answer(facts), rules.policies.evaluate(facts));
        }
    }

    #[test]
    fn what_is_allowed_has_passed_every_lock(facts in any_facts()) {
        let rules = rules();
        if rules.policies.evaluate(&facts).is_ok() {
            prop_assert!(facts.principal.second_factor);
            prop_assert!(!facts.principal.suspended);
            prop_assert!(!facts.sealed);
            prop_assert_eq!(&facts.principal.organisation, &facts.organisation);
            prop_assert!(facts.relationship.is_none_or(|(_, in_force)| in_force));
            let stepped_up = facts.fresh && facts.principal.phishing_resistant;
            prop_assert!(stepped_up || !SENSITIVE.contains(&facts.verb));
            if facts.principal.is_scoped() {
                let needed = facts.verb.permission().map(|it| permission("Observation", it));
                let any = facts.verb.permission().map(|it| permission("*", it));
                let mut own = facts.principal.permissions.iter();
                prop_assert!(own.any(|one| [&needed, &any].iter().any(|it| it.as_deref() == Some(one))));
            }
            if facts.patient_data {
                prop_assert_ne!(facts.principal.role, Role::Administrator);
                let without = facts.relationship.is_none();
                prop_assert!(!(without && facts.principal.role == Role::Carer));
                prop_assert!(!(without && facts.category == Category::Clinical
                    && facts.principal.role != Role::Service));
            }
        }
    }

    #[test]
    fn a_relationship_in_force_never_takes_away(facts in any_facts(), kind in select(&KINDS)) {
        let rules = rules();
        if rules.policies.evaluate(&facts.through(None)).is_ok() {
            prop_assert!(rules.policies.evaluate(&facts.through(Some((kind, true)))).is_ok());
        }
    }
}
