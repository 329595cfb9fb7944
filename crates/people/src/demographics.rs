//! Who a person is.

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use crate::{
    Population,
    dice::Dice,
    names,
    nhs_number::nhs_number,
    places,
    resource::{concept, date_time},
};

/// One person, before the clinical record.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) nhs_number: String,
    pub(crate) is_woman: bool,
    pub(crate) born: Date,
    pub(crate) died: Option<Date>,
    pub(crate) given: Vec<&'static str>,
    pub(crate) family: &'static str,
    address: Value,
    telecom: Vec<Value>,
    language: Option<(&'static str, &'static str)>,
    /// The place in the organisation's list, which decides the care team.
    pub(crate) number: u32,
}

/// Shares of the population by age: thousandths, youngest and oldest age of a band.
const AGES: &[(u32, (i32, i32))] = &[
    (170, (0, 15)),
    (110, (16, 24)),
    (135, (25, 34)),
    (130, (35, 44)),
    (125, (45, 54)),
    (120, (55, 64)),
    (100, (65, 74)),
    (75, (75, 84)),
    (32, (85, 94)),
    (3, (95, 104)),
];

/// Languages other than English that people would rather speak.
const LANGUAGES: &[(&str, &str)] = &[
    ("pl", "Polish"),
    ("ro", "Romanian"),
    ("pa", "Punjabi"),
    ("ur", "Urdu"),
    ("bn", "Bengali"),
    ("cy", "Welsh"),
    ("ar", "Arabic"),
    ("pt", "Portuguese"),
    ("zh", "Chinese"),
    ("so", "Somali"),
];

impl Person {
    pub(crate) fn draw(population: &Population, number: u32, dice: &mut Dice) -> Self {
        let today = population.today;
        let is_woman = dice.chance(0.505);
        let (youngest, oldest) = *dice.weighted(AGES);
        let age = dice.between(youngest, oldest);
        let born = today
            .checked_sub(age.years())
            .and_then(|day| day.checked_sub(dice.between(0, 364).days()))
            .unwrap_or(today);
        // The records of the dead are kept: about a fortieth a year of those over 75.
        let risk = match age {
            ..40 => 0.004,
            40..65 => 0.015,
            65..80 => 0.09,
            _ => 0.28,
        };
        let died = (age > 0 && dice.chance(risk)).then(|| {
            let earliest = today.checked_sub(6.years()).unwrap_or(today).max(born);
            dice.day(earliest, today)
        });
        let (given, family) = names::of_person(dice, is_woman, born.year());
        let mut telecom = Vec::new();
        if age >= 12 && dice.chance(0.85) {
            telecom
                .push(json!({"system": "phone", "use": "mobile", "value": places::mobile(dice)}));
        }
        if !(12..=60).contains(&age) || dice.chance(0.2) {
            telecom
                .push(json!({"system": "phone", "use": "home", "value": places::landline(dice)}));
        }
        Self {
            id: dice.id(),
            nhs_number: nhs_number(population.first.wrapping_add(number)),
            is_woman,
            born,
            died,
            given,
            family,
            address: places::address(dice),
            telecom,
            language: dice.chance(0.06).then(|| *dice.pick(LANGUAGES)),
            number,
        }
    }

    /// The last day on which something could be written about this person.
    pub(crate) fn last_day(&self, today: Date) -> Date {
        self.died.unwrap_or(today)
    }

    /// Age in whole years on a day.
    pub(crate) fn age_on(&self, day: Date) -> i32 {
        let years = i32::from(day.year()) - i32::from(self.born.year());
        let had_birthday = (day.month(), day.day()) >= (self.born.month(), self.born.day());
        years - i32::from(!had_birthday)
    }

    /// A reference to the Patient.
    pub(crate) fn reference(&self) -> Value {
        json!({"reference": format!("Patient/{}", self.id)})
    }

    pub(crate) fn patient(&self, population: &Population) -> Value {
        let mut patient = json!({
            "resourceType": "Patient",
            "id": self.id,
            "identifier": [{
                "extension": [{
                    "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                    "valueCodeableConcept": concept(
                        "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus",
                        "01", "Number present and verified", "Number present and verified"),
                }],
                "system": "https://fhir.nhs.uk/Id/nhs-number",
                "value": self.nhs_number,
            }],
            "active": true,
            "name": [{"use": "official", "family": self.family, "given": self.given}],
            "telecom": self.telecom,
            "gender": if self.is_woman { "female" } else { "male" },
            "birthDate": self.born.to_string(),
            "address": [self.address],
            "managingOrganization": population.reference(),
        });
        if self.telecom.is_empty()
            && let Some(fields) = patient.as_object_mut()
        {
            fields.remove("telecom");
        }
        if let Some(died) = self.died {
            patient["deceasedDateTime"] = json!(date_time(died, 7 * 60));
        }
        if let Some((code, name)) = self.language {
            patient["communication"] = json!([{
                "language": concept("urn:ietf:bcp:47", code, name, name),
                "preferred": true,
            }]);
        }
        patient
    }
}
