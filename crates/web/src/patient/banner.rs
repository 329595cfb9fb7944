//! Who a page is about.

use jiff::civil::Date;
use serde::Serialize;
use ward_fhir::{Node, Resource, nhs_number};

use super::record::{initials, name_as_listed};
use crate::date::FhirDate;

/// Says whether an NHS number was traced (UK Core extension on the identifier).
const VERIFICATION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";
/// Number present and verified.
const VERIFIED: &str = "01";

/// Who a page is about, as the banner on top of it says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Banner {
    /// `LOVELACE, Ada (Mrs)`.
    pub(crate) name: String,
    /// All that a page's title may say of the name.
    pub(crate) initials: String,
    /// Grouped 3 3 4, or that there is none.
    pub(crate) nhs_number: String,
    /// The number fails its check digit, or nobody has traced it.
    pub(crate) unverified: bool,
    pub(crate) born: String,
    /// `70 years`; at death, for somebody who has died.
    pub(crate) age: Option<String>,
    /// When, or only that.
    pub(crate) died: Option<String>,
    pub(crate) gender: &'static str,
    /// Nobody is shown where this person lives.
    pub(crate) restricted: bool,
}

impl Banner {
    /// The banner of a Patient, on a day.
    pub(crate) fn of(patient: &Resource, today: Date) -> Self {
        let root = patient.root();
        let born = root.text("birthDate").and_then(FhirDate::parse);
        let died_on = root.text("deceasedDateTime").and_then(FhirDate::parse);
        let has_died = died_on.is_some()
            || root.first("deceasedBoolean").and_then(Node::as_bool) == Some(true);
        let age = match (born, died_on) {
            (Some(born), Some(died)) => born.age_on(died.first).map(|age| format!("aged {age}")),
            (Some(born), None) if !has_died => born.age_on(today),
            _ => None,
        };
        let (nhs_number, unverified) = number(root);
        Self {
            name: name_as_listed(root),
            initials: initials(root),
            nhs_number,
            unverified,
            born: born.map_or_else(|| "not known".to_owned(), FhirDate::day),
            age,
            died: died_on
                .map(FhirDate::day)
                .or_else(|| has_died.then(|| "on a day not known".to_owned())),
            gender: match root.text("gender") {
                Some("female") => "Female",
                Some("male") => "Male",
                Some("other") => "Other",
                _ => "Not known",
            },
            restricted: is_restricted(root),
        }
    }
}

/// The NHS number as it is shown, and whether it may be wrong.
fn number(patient: Node<'_>) -> (String, bool) {
    let identifiers = || patient.get("identifier").into_iter().flat_map(Node::items);
    let is_number = |one: &Node<'_>| one.text("system") == Some(nhs_number::SYSTEM);
    let Some(identifier) = identifiers().find(is_number) else {
        return ("None recorded".to_owned(), false);
    };
    let value = identifier.text("value").unwrap_or_default();
    let extensions = identifier
        .get("extension")
        .into_iter()
        .flat_map(Node::items);
    let mut statuses = extensions.filter(|one| one.text("url") == Some(VERIFICATION));
    let status = statuses.find_map(|one| one.text("valueCodeableConcept.coding.code"));
    let is_verified = status.is_none_or(|code| code == VERIFIED);
    match nhs_number::NhsNumber::parse(value) {
        Ok(number) => (grouped(&number.compact()), !is_verified),
        Err(_) => (value.to_owned(), true),
    }
}

/// Ten digits as 3 3 4, which a line break does not part.
pub(crate) fn grouped(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(one), Some(two), Some(three)) => format!("{one}\u{a0}{two}\u{a0}{three}"),
        _ => digits.to_owned(),
    }
}

/// Marked as restricted or very restricted (v3 Confidentiality, in `meta.security`).
fn is_restricted(patient: Node<'_>) -> bool {
    let codes = patient.all("meta.security.code");
    codes
        .into_iter()
        .filter_map(Node::as_str)
        .any(|code| code == "R" || code == "V")
}

#[cfg(test)]
impl Banner {
    pub(crate) fn sample() -> Self {
        Self {
            name: "LOVELACE, Ada (Mrs)".to_owned(),
            initials: "A.L.".to_owned(),
            nhs_number: "999\u{a0}123\u{a0}4567".to_owned(),
            unverified: false,
            born: "4 August 1952".to_owned(),
            age: Some("74 years".to_owned()),
            died: None,
            gender: "Female",
            restricted: false,
        }
    }

    pub(crate) fn sample_died() -> Self {
        Self {
            name: "FEATHERSTONEHAUGH-CHOLMONDELEY, Maximilian Bartholomew (Reverend)".to_owned(),
            initials: "M.F.".to_owned(),
            unverified: true,
            age: Some("aged 67 years".to_owned()),
            died: Some("3 May 2020".to_owned()),
            gender: "Male",
            restricted: true,
            ..Self::sample()
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_fhir::Limits;

    use super::*;

    fn banner(patient: &str) -> Banner {
        let patient = Resource::parse(patient.as_bytes(), &Limits::default()).unwrap();
        Banner::of(&patient, "2026-11-23".parse().unwrap())
    }

    #[test]
    fn a_banner_names_a_person_as_records_do() {
        let found = banner(
            r#"{"resourceType":"Patient","identifier":[{"system":"x","value":"1"},
            {"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000050"}],
            "name":[{"use":"old","family":"Byron"},
            {"use":"official","family":"Lovelace","given":["Ada","Augusta"],"prefix":["Mrs"]}],
            "gender":"female","birthDate":"1952-08-04"}"#,
        );
        assert_eq!(found.name, "LOVELACE, Ada Augusta (Mrs)");
        assert_eq!((found.initials.as_str(), found.gender), ("A.L.", "Female"));
        assert_eq!(found.nhs_number, "999\u{a0}000\u{a0}0050");
        assert_eq!(
            (found.born.as_str(), found.age.as_deref()),
            ("4 August 1952", Some("74 years"))
        );
        assert!(!found.unverified && !found.restricted && found.died.is_none());
    }

    #[test]
    fn what_is_not_known_is_said_and_not_guessed() {
        let found = banner(r#"{"resourceType":"Patient","deceasedBoolean":true}"#);
        assert_eq!(found.name, "Name not recorded");
        assert_eq!(found.nhs_number, "None recorded");
        assert_eq!((found.born.as_str(), found.age), ("not known", None));
        assert_eq!(found.died.as_deref(), Some("on a day not known"));
        assert_eq!((found.initials.as_str(), found.gender), ("", "Not known"));
    }

    #[test]
    fn somebody_who_has_died_has_the_age_of_that_day() {
        let found = banner(
            r#"{"resourceType":"Patient","birthDate":"1952-08-04",
            "deceasedDateTime":"2020-05-03T07:00:00+01:00"}"#,
        );
        assert_eq!(found.age.as_deref(), Some("aged 67 years"));
        assert_eq!(found.died.as_deref(), Some("3 May 2020"));
    }

    #[test]
    fn a_number_that_may_be_wrong_says_so() {
        for (number, status, unverified) in [
            ("3478526985", "01", true),
            ("9990000050", "01", false),
            ("9990000050", "02", true),
        ] {
            let found = banner(&format!(
                r#"{{"resourceType":"Patient","meta":{{"security":[{{"code":"R"}}]}},"identifier":[{{
                "extension":[{{"url":"{VERIFICATION}","valueCodeableConcept":{{"coding":[{{"code":"{status}"}}]}}}}],
                "system":"https://fhir.nhs.uk/Id/nhs-number","value":"{number}"}}]}}"#
            ));
            assert_eq!(found.unverified, unverified, "{number} {status}");
            assert!(found.restricted);
        }
    }
}
