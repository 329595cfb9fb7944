//! Scopes in plain words (SMART App Launch 2.2, scopes for requesting FHIR resources).

use serde::Serialize;
use ward_identity::{Level, Permission, Scope, Scopes};

/// What scopes of one level come to.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(crate) struct May {
    /// About whom.
    pub(crate) about: &'static str,
    /// What with which part of the record.
    pub(crate) lines: Vec<Line>,
}

/// One scope.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(crate) struct Line {
    /// `See, add and change`
    pub(crate) does: String,
    /// `observations and results`
    pub(crate) what: String,
    /// Only what meets it, as it was asked: `category=vital-signs`.
    pub(crate) only: Option<String>,
    /// Whether it changes records.
    pub(crate) writes: bool,
}

/// All of them, those about one patient first.
pub(crate) fn in_words(scopes: &Scopes) -> Vec<May> {
    let of = |level, about| {
        let own = scopes.iter().filter(|scope| scope.level() == level);
        let lines: Vec<Line> = own.map(line).collect();
        (!lines.is_empty()).then_some(May { about, lines })
    };
    let all = [
        of(Level::Patient, "About one patient"),
        of(Level::User, "About every patient whom you may see"),
        of(Level::System, "About every patient of the organisation"),
    ];
    all.into_iter().flatten().collect()
}

fn line(scope: &Scope) -> Line {
    let permissions: Vec<Permission> = scope.permissions().collect();
    Line {
        does: does(&permissions),
        what: what(scope.resource_type()),
        only: scope.condition().map(ToOwned::to_owned),
        writes: permissions.iter().any(|one| writes(*one)),
    }
}

const fn writes(permission: Permission) -> bool {
    matches!(
        permission,
        Permission::Create | Permission::Update | Permission::Delete
    )
}

fn does(permissions: &[Permission]) -> String {
    let has = |one| permissions.contains(&one);
    let words = [
        (has(Permission::Read), "see"),
        (has(Permission::Search) && !has(Permission::Read), "search"),
        (has(Permission::Create), "add"),
        (has(Permission::Update), "change"),
        (has(Permission::Delete), "delete"),
    ];
    let words: Vec<&str> = words
        .into_iter()
        .filter_map(|(is_there, word)| is_there.then_some(word))
        .collect();
    let text = match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    };
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A type of R4 as staff call it; of types with no such name, FHIR's own, word by word.
fn what(resource_type: &str) -> String {
    let known = match resource_type {
        "*" => "everything that is recorded",
        "Patient" => "who the patient is: name, birth date, address",
        "Observation" => "observations and results",
        "DiagnosticReport" => "reports of investigations",
        "Condition" => "problems and diagnoses",
        "AllergyIntolerance" => "allergies",
        "MedicationRequest" => "prescriptions",
        "MedicationStatement" => "medicines taken",
        "MedicationAdministration" => "medicines given",
        "Immunization" => "vaccinations",
        "Procedure" => "procedures",
        "Encounter" => "contacts and visits",
        "Appointment" => "appointments",
        "DocumentReference" => "documents",
        "CarePlan" => "care plans",
        "CareTeam" => "care teams",
        "Flag" => "warnings",
        "RelatedPerson" => "relatives and contacts",
        "Practitioner" | "PractitionerRole" => "members of staff",
        "Organization" => "organisations",
        "Location" => "places",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut words = String::new();
    for (place, letter) in resource_type.char_indices() {
        if place > 0 && letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    format!("entries of the kind “{words}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_says_what_it_lets_an_app_do() {
        for (scope, does, what, only, writes) in [
            (
                "patient/*.cruds",
                "See, add, change and delete",
                "everything that is recorded",
                None,
                true,
            ),
            (
                "user/Patient.rs",
                "See",
                "who the patient is: name, birth date, address",
                None,
                false,
            ),
            (
                "user/Observation.s",
                "Search",
                "observations and results",
                None,
                false,
            ),
            (
                "patient/Observation.cu?category=vital-signs",
                "Add and change",
                "observations and results",
                Some("category=vital-signs"),
                true,
            ),
            (
                "patient/QuestionnaireResponse.r",
                "See",
                "entries of the kind “questionnaire response”",
                None,
                false,
            ),
        ] {
            let all = in_words(&Scopes::parse(scope).unwrap());
            let line = Line {
                does: does.to_owned(),
                what: what.to_owned(),
                only: only.map(ToOwned::to_owned),
                writes,
            };
            assert_eq!(all[0].lines, [line], "{scope}");
        }
    }

    #[test]
    fn one_patient_comes_before_all() {
        let all = in_words(&Scopes::parse("user/Patient.r patient/Observation.r").unwrap());
        let about: Vec<_> = all.iter().map(|may| may.about).collect();
        assert_eq!(
            about,
            ["About one patient", "About every patient whom you may see"]
        );
    }
}
