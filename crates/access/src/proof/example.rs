//! A request that the solver found, as a sentence.

use cedar_policy::{EntityUid, EvalResult, PolicyId};
use cedar_policy_symcc::Env;
use ward_core::Ods;
use ward_identity::Role;

use super::{
    Counterexample,
    claims::{Claim, Kind},
};
use crate::{Category, Verb};

/// The request as a sentence, and by which policies it is decided.
pub(super) fn told(
    env: &Env,
    action: Verb,
    claim: &Claim,
    policies: Vec<String>,
) -> Counterexample {
    let (who, what) = (env.request.principal(), env.request.resource());
    let home = who.and_then(|who| organisation_of(env, who));
    let place = what.and_then(|what| organisation_of(env, what));
    let names = organisation_names(home.as_deref(), place.as_deref());
    let by: Vec<String> = policies.iter().map(|id| format!("`{id}`")).collect();
    let (could, why) = match (claim.kind, by.is_empty()) {
        (Kind::Claim, _) => ("could", format!(", by policy {}", by.join(" and "))),
        (Kind::Guarantee, false) => ("could not", format!(", by policy {}", by.join(" and "))),
        (Kind::Guarantee, true) => ("could not", ", as no policy permits it".to_owned()),
    };
    let sentence = format!(
        "{} of {} {could} {} of {} {}{why}.",
        account(env, who),
        names.0,
        deed(action, &thing(env, what)),
        names.1,
        claim.otherwise,
    );
    Counterexample { sentence, policies }
}

/// Where the solver knows of a request, and does not say which.
pub(super) fn unshown() -> Counterexample {
    Counterexample {
        sentence: "There is a request that breaks it; the solver could not show one.".to_owned(),
        policies: Vec::new(),
    }
}

/// A policy that can't be evaluated.
pub(super) fn fails(policy: &PolicyId, action: Verb) -> Counterexample {
    Counterexample {
        sentence: format!(
            "Policy `{policy}` can fail when somebody asks to `{}`: everything would be refused.",
            action.as_str()
        ),
        policies: vec![policy.to_string()],
    }
}

/// A permit that is of no use.
pub(super) fn permits_nothing(policy: &PolicyId) -> Counterexample {
    Counterexample {
        sentence: format!(
            "Policy `{policy}` permits only what the platform forbids this organisation: it would \
             do nothing."
        ),
        policies: vec![policy.to_string()],
    }
}

fn account(env: &Env, who: Option<&EntityUid>) -> String {
    let roles: Vec<&str> = Role::ALL
        .into_iter()
        .filter(|role| is_in(env, who, "Role", role.as_str()))
        .map(an_account_of)
        .collect();
    match roles.as_slice() {
        [] => "Somebody without a role".to_owned(),
        [one] => upper_first(one),
        many => format!("Somebody who is {}", many.join(" and ")),
    }
}

/// The resource, by its category.
fn thing(env: &Env, what: Option<&EntityUid>) -> String {
    let kinds: Vec<&str> = Category::ALL
        .into_iter()
        .filter(|category| is_in(env, what, "Category", category.as_str()))
        .map(an_example_of)
        .collect();
    let kind = if kinds.is_empty() {
        "a thing of no kind".to_owned()
    } else {
        kinds.join(" that is also ")
    };
    let is_patients = what
        .and_then(|what| attribute(env, what, "patient_data"))
        .is_some_and(|value| matches!(value, EvalResult::Bool(true)));
    if is_patients {
        format!("{kind} of a patient")
    } else {
        kind
    }
}

const fn an_example_of(category: Category) -> &'static str {
    match category {
        Category::Demographic => "a Patient",
        Category::Administrative => "an Appointment",
        Category::Clinical => "a Condition",
        Category::Medication => "a MedicationRequest",
        Category::CarePlan => "a CarePlan",
        Category::CareTeam => "a CareTeam",
        Category::Directory => "a Location",
        Category::Terminology => "a ValueSet",
        Category::Log => "the log",
        Category::Accounts => "the accounts",
    }
}

fn deed(action: Verb, thing: &str) -> String {
    match action {
        Verb::Read => format!("read {thing}"),
        Verb::History => format!("read every version of {thing}"),
        Verb::Search => format!("find {thing}"),
        Verb::Create => format!("create {thing}"),
        Verb::Update => format!("change {thing}"),
        Verb::Delete => format!("delete {thing}"),
        Verb::BreakGlass => format!("open in an emergency {thing}"),
        other => format!("do `{}` on {thing}", other.as_str()),
    }
}

/// The organisations by their codes, where the solver took real ones; else by codes of the demo.
fn organisation_names(home: Option<&str>, place: Option<&str>) -> (String, String) {
    let code = |id: Option<&str>| id.filter(|id| id.parse::<Ods>().is_ok()).map(str::to_owned);
    let first = code(home).unwrap_or_else(|| "WRD01".to_owned());
    if home == place {
        return (first.clone(), first);
    }
    let other = ["WRD02", "WRD01"].into_iter().find(|code| *code != first);
    let second = code(place).unwrap_or_else(|| other.unwrap_or_default().to_owned());
    (first, second)
}

fn organisation_of(env: &Env, entity: &EntityUid) -> Option<String> {
    match attribute(env, entity, "org")? {
        EvalResult::EntityUid(organisation) => Some(organisation.id().unescaped().to_owned()),
        _ => None,
    }
}

fn attribute(env: &Env, entity: &EntityUid, name: &str) -> Option<EvalResult> {
    env.entities.get(entity)?.attr(name)?.ok()
}

fn is_in(env: &Env, entity: Option<&EntityUid>, entity_type: &str, id: &str) -> bool {
    entity
        .and_then(|entity| env.entities.ancestors(entity))
        .is_some_and(|mut all| {
            all.any(|one| one.type_name().to_string() == entity_type && one.id().unescaped() == id)
        })
}

const fn an_account_of(role: Role) -> &'static str {
    match role {
        Role::Clinician => "a clinician",
        Role::CallHandler => "a call handler",
        Role::Receptionist => "a receptionist",
        Role::Carer => "a carer",
        Role::InformationGovernance => "somebody of information governance",
        Role::Administrator => "an administrator",
        Role::Service => "a service",
        Role::Device => "a device",
    }
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
