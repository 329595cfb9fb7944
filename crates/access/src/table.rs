//! Who may do what at most, as tables to read.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
};

use ward_core::Ods;
use ward_identity::{Role, Scopes};
use ward_log::{Purpose, RelationshipKind};

use crate::{
    Access, Category, Verb,
    facts::{Facts, PrincipalFacts},
    rules::Rules,
    scope::Permissions,
};

/// Every way in which an account may know a patient.
pub(crate) const KINDS: [RelationshipKind; 5] = [
    RelationshipKind::CareTeam,
    RelationshipKind::OpenCase,
    RelationshipKind::Arrival,
    RelationshipKind::Visit,
    RelationshipKind::BreakGlass,
];

/// Services have no table of their own for each scope that could be written: these show how far
/// one reaches.
const SCOPES: [&str; 3] = [
    "system/*.cruds",
    "system/Observation.rs",
    "system/Patient.rs",
];
/// What a service asks for.
const ASKED: &str = "Observation";

/// What is allowed at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Allowance {
    /// Never.
    Never,
    /// Through some kinds of relationship.
    ThroughSome,
    /// Through a relationship of any kind, in force.
    Related,
    /// With a fresh, phishing-resistant proof.
    SteppedUp,
    /// At once.
    AtOnce,
}

impl Allowance {
    /// How tables show it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "-",
            Self::ThroughSome => "some",
            Self::Related => "rel",
            Self::SteppedUp => "step",
            Self::AtOnce => "yes",
        }
    }
}

/// What one kind of account may do at most.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which kind of account.
    pub title: String,
    /// Every action on every category.
    pub cells: Vec<(Verb, Category, Allowance)>,
}

impl Access {
    /// What each role may do at most in an organisation.
    pub fn tables(&self, organisation: &Ods) -> Vec<Table> {
        let rules = self.rules(organisation);
        let people = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Service)
            .map(|role| {
                let principal = principal(role, organisation, Permissions::default());
                table(&rules, role.to_string(), &principal)
            });
        let services = SCOPES.into_iter().filter_map(|text| {
            let permissions = Permissions::of(&Scopes::parse(text).ok()?, false);
            let title = format!("service with {text}, asking for {ASKED}");
            let principal = principal(Role::Service, organisation, permissions);
            Some(table(&rules, title, &principal))
        });
        people.chain(services).collect()
    }
}

fn table(rules: &Rules, title: String, principal: &PrincipalFacts) -> Table {
    let mut cells = Vec::new();
    for verb in Verb::ALL {
        for category in Category::ALL {
            let facts = facts(principal.clone(), verb, category);
            cells.push((verb, category, allowance(rules, &facts)));
        }
    }
    Table { title, cells }
}

fn allowance(rules: &Rules, facts: &Facts) -> Allowance {
    let allows = |facts: &Facts| rules.policies.evaluate(facts).is_ok();
    if allows(facts) {
        return Allowance::AtOnce;
    }
    let most = facts.stepped_up();
    if allows(&most) {
        return Allowance::SteppedUp;
    }
    match KINDS.map(|kind| allows(&most.through(Some((kind, true))))) {
        [false, false, false, false, false] => Allowance::Never,
        [true, true, true, true, true] => Allowance::Related,
        _ => Allowance::ThroughSome,
    }
}

pub(crate) fn principal(
    role: Role,
    organisation: &Ods,
    permissions: Permissions,
) -> PrincipalFacts {
    PrincipalFacts {
        role,
        organisation: organisation.clone(),
        suspended: false,
        through_app: false,
        second_factor: true,
        phishing_resistant: false,
        permissions,
    }
}

pub(crate) fn facts(principal: PrincipalFacts, verb: Verb, category: Category) -> Facts {
    Facts {
        scoped_type: principal.is_scoped().then(|| ASKED.into()),
        organisation: principal.organisation.clone(),
        principal: Arc::new(principal),
        verb,
        category,
        patient_data: category.is_patient_data(),
        sealed: false,
        relationship: None,
        purpose: Purpose::DirectCare,
        fresh: false,
    }
}

impl fmt::Display for Table {
    /// A line an action, a column a category.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = format!("{}\n{:19}", self.title, "");
        let width = |category: Category| category.as_str().len() + 2;
        for category in Category::ALL {
            let width = width(category);
            let _ = write!(line, "{:width$}", category.as_str());
        }
        write!(f, "{}", line.trim_end())?;
        for verb in Verb::ALL {
            let mut line = format!("  {:17}", verb.as_str());
            for (_, category, allowance) in self.cells.iter().filter(|(one, ..)| *one == verb) {
                let width = width(*category);
                let _ = write!(line, "{:width$}", allowance.as_str());
            }
            write!(f, "\n{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// What the cells of a [`Table`] mean.
pub const LEGEND: &str = "\
yes: at once. rel: with a relationship in force, of any kind; some: of some kinds.
step: with a proof that is fresh and phishing-resistant. -: never.";
