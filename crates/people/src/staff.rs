//! The people who work at an organisation.

use serde_json::{Value, json};

use crate::{Population, dice::Dice, names};

/// What somebody works as. The names are those of Ward's default roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRole {
    /// Doctor or nurse.
    Clinician,
    /// Answers 111 calls.
    CallHandler,
    /// Receives those who arrive.
    Receptionist,
    /// Visits people at home.
    Carer,
    /// Looks after who looks.
    InformationGovernance,
    /// Looks after accounts.
    Administrator,
}

/// One member of staff.
#[derive(Debug, Clone)]
pub struct Staff {
    /// What the name of the account begins with, such as `amara.okafor`.
    pub name: String,
    /// The name as people say it.
    pub display_name: String,
    /// What the person works as.
    pub role: StaffRole,
    /// The logical id of the `Practitioner`.
    pub practitioner: String,
    prefix: &'static str,
    given: &'static str,
    family: &'static str,
}

impl Staff {
    /// The `Practitioner` resource.
    pub(crate) fn practitioner(&self) -> Value {
        json!({
            "resourceType": "Practitioner",
            "id": self.practitioner,
            "active": true,
            "name": [{"use": "official", "family": self.family, "given": [self.given], "prefix": [self.prefix]}],
        })
    }
}

/// One organisation's posts, in order: two who are in care teams of each kind, one of each other.
const POSTS: &[(StaffRole, &str)] = &[
    (StaffRole::Clinician, "Dr"),
    (StaffRole::Clinician, "Dr"),
    (StaffRole::CallHandler, "Mx"),
    (StaffRole::Receptionist, "Ms"),
    (StaffRole::Carer, "Ms"),
    (StaffRole::Carer, "Mr"),
    (StaffRole::InformationGovernance, "Ms"),
    (StaffRole::Administrator, "Mr"),
];

/// The number by which staff are drawn: no person of the population has it.
const STAFF: u32 = u32::MAX;

pub(crate) fn staff(population: &Population) -> Vec<Staff> {
    let mut dice = Dice::of(population.seed, &population.ods, STAFF);
    let mut staff: Vec<Staff> = Vec::new();
    for (role, prefix) in POSTS {
        let (given, family) = loop {
            let name = names::of_staff(&mut dice, *prefix == "Mr");
            if !staff
                .iter()
                .any(|other| (other.given, other.family) == name)
            {
                break name;
            }
        };
        staff.push(Staff {
            name: format!("{given}.{family}")
                .to_lowercase()
                .replace([' ', '\''], ""),
            display_name: format!("{prefix} {given} {family}"),
            role: *role,
            practitioner: dice.id(),
            prefix,
            given,
            family,
        });
    }
    staff
}
