//! Synthetic people: a seeded, plausible UK population as FHIR R4 bundles, for the demo, the tests
//! and the benchmarks.
//!
//! The same seed gives the same people on every machine, and each person depends on the seed and
//! its own number alone, so that any one of them can be made without the others. Nobody is real:
//! NHS numbers are of the 999 range, which is never issued; telephone numbers are of the ranges
//! that Ofcom keeps for drama; towns, streets and postcode areas do not exist.
#![allow(
    clippy::indexing_slicing,
    reason = "the lists are constants of this crate, the objects are made here, and no input reaches either"
)]

mod clinical;
mod codes;
mod demographics;
mod dice;
mod names;
mod nhs_number;
mod places;
mod resource;
mod staff;

use jiff::civil::Date;
use serde_json::{Value, json};

pub use nhs_number::NHS_NUMBERS;
pub use staff::{Staff, StaffRole};

use dice::Dice;
use resource::Bundle;

/// One organisation's people and staff.
#[derive(Debug, Clone)]
pub struct Population {
    /// The seed: another one gives other people.
    pub seed: u64,
    /// The organisation's ODS code.
    pub ods: String,
    /// The organisation's name.
    pub name: String,
    /// The number of the first person among all that the seed can give (there are
    /// [`NHS_NUMBERS`]): organisations whose ranges do not meet share no NHS number.
    pub first: u32,
    /// The day on which the records end.
    pub today: Date,
}

impl Population {
    /// The organisation itself, its wards and its staff: a transaction of `PUT`s.
    pub fn organisation(&self) -> Value {
        let mut bundle = Bundle::new();
        bundle.put(json!({
            "resourceType": "Organization",
            "id": self.organisation_id(),
            "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": self.ods}],
            "active": true,
            "name": self.name,
        }));
        for staff in self.staff() {
            bundle.put(staff.practitioner());
        }
        bundle.finish()
    }

    /// The people who work here, each with a `Practitioner`.
    pub fn staff(&self) -> Vec<Staff> {
        staff::staff(self)
    }

    /// Person `number` (from 0) with the whole record: a transaction of `PUT`s, the Patient first.
    ///
    /// About one in sixteen is cared for at home, one in twenty-five has died.
    pub fn person(&self, number: u32) -> Value {
        let mut dice = Dice::of(self.seed, &self.ods, number);
        let person = demographics::Person::draw(self, number, &mut dice);
        let mut bundle = Bundle::new();
        bundle.put(person.patient(self));
        clinical::record(self, &person, &mut dice, &mut bundle);
        bundle.finish()
    }

    /// A reference to the organisation.
    pub(crate) fn reference(&self) -> Value {
        json!({
            "reference": format!("Organization/{}", self.organisation_id()),
            "display": self.name,
        })
    }

    fn organisation_id(&self) -> String {
        format!("org-{}", self.ods.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn population() -> Population {
        Population {
            seed: 7,
            ods: "WRD01".into(),
            name: "Larkfield Care".into(),
            first: 0,
            today: jiff::civil::date(2026, 11, 23),
        }
    }

    fn resources(bundle: &Value) -> Vec<&Value> {
        bundle["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["resource"])
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_people_in_any_order() {
        let (here, there) = (population(), population());
        let later = there.person(11);
        assert_eq!(here.person(3), there.person(3));
        assert_eq!(here.person(11), later);
        assert_ne!(here.person(3), later);
        let other = Population {
            seed: 8,
            ..population()
        };
        assert_ne!(other.person(3), here.person(3));
    }

    #[test]
    fn nobody_shares_an_nhs_number_or_an_id() {
        let population = population();
        let (mut numbers, mut ids) = (HashSet::new(), HashSet::new());
        for number in 0..2_000 {
            let bundle = population.person(number);
            for resource in resources(&bundle) {
                let key = format!("{}/{}", resource["resourceType"], resource["id"]);
                assert!(ids.insert(key.clone()), "{key} twice");
            }
            let patient = resources(&bundle)[0];
            assert!(numbers.insert(patient["identifier"][0]["value"].to_string()));
        }
    }

    #[test]
    fn the_population_is_plausible() {
        let population = population();
        let (mut died, mut at_home, mut resources_in_all, mut women) = (0, 0, 0, 0);
        for number in 0..2_000 {
            let bundle = population.person(number);
            let all = resources(&bundle);
            let patient = all[0];
            died += i32::from(patient.get("deceasedDateTime").is_some());
            women += i32::from(patient["gender"] == "female");
            at_home += i32::from(all.iter().any(|one| one["resourceType"] == "CarePlan"));
            resources_in_all += all.len();
        }
        assert!((40..160).contains(&died), "{died} of 2,000 have died");
        assert!(
            (80..200).contains(&at_home),
            "{at_home} of 2,000 are cared for at home"
        );
        assert!((900..1_120).contains(&women), "{women} of 2,000 are women");
        let mean = resources_in_all / 2_000;
        assert!((10..25).contains(&mean), "{mean} resources a person");
    }

    #[test]
    fn nothing_happens_before_birth_after_death_or_in_the_future() {
        let population = population();
        for number in 0..500 {
            let bundle = population.person(number);
            let all = resources(&bundle);
            let born = all[0]["birthDate"].as_str().unwrap();
            let last = all[0]["deceasedDateTime"].as_str().unwrap_or("2026-11-23");
            for resource in &all[1..] {
                for field in ["onsetDateTime", "authoredOn", "effectiveDateTime", "date"] {
                    if let Some(when) = resource[field].as_str() {
                        assert!(
                            when.get(..10) >= born.get(..10),
                            "{field} {when} before {born}"
                        );
                        assert!(
                            when.get(..10) <= last.get(..10),
                            "{field} {when} after {last}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_staff_have_practitioners_and_the_care_teams_name_them() {
        let population = population();
        let bundle = population.organisation();
        let ids: HashSet<String> = resources(&bundle)
            .iter()
            .map(|one| {
                format!(
                    "{}/{}",
                    one["resourceType"].as_str().unwrap(),
                    one["id"].as_str().unwrap()
                )
            })
            .collect();
        let person = population.person(5);
        let team = resources(&person)
            .into_iter()
            .find(|one| one["resourceType"] == "CareTeam")
            .unwrap()
            .clone();
        let member = team["participant"][0]["member"]["reference"]
            .as_str()
            .unwrap();
        assert!(ids.contains(member), "{member}");
    }
}
