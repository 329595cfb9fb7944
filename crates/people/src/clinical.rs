//! What has happened to a person: problems, medicines, allergies, encounters, results, letters.

use data_encoding::BASE64;
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use crate::{
    Population, Staff, StaffRole,
    codes::{
        ALLERGENS, DIASTOLIC, LOINC, MEASURES, MESH, Measure, PROBLEMS, Problem, REASONS, RXNORM,
        SYSTOLIC, UCUM,
    },
    demographics::Person,
    dice::Dice,
    places,
    resource::{Bundle, concept, date_time},
};

/// Puts the whole record of a person into the bundle.
pub(crate) fn record(
    population: &Population,
    person: &Person,
    dice: &mut Dice,
    bundle: &mut Bundle,
) {
    let mut writer = Writer {
        author: author(population, person),
        population,
        person,
        dice,
        bundle,
    };
    let is_at_home = writer.is_cared_for_at_home();
    writer.care_team(is_at_home);
    writer.next_of_kin();
    let problems = writer.problems();
    writer.allergies();
    writer.encounters();
    writer.measurements(!problems.is_empty());
    if is_at_home {
        writer.care_at_home(&problems);
    }
}

/// A reference to the clinician who knows this person.
fn author(population: &Population, person: &Person) -> Value {
    let staff = population.staff();
    let clinicians: Vec<_> = staff
        .iter()
        .filter(|one| one.role == StaffRole::Clinician)
        .collect();
    let index = usize::try_from(person.number).unwrap_or(0) % clinicians.len().max(1);
    clinicians
        .get(index)
        .map_or(Value::Null, |member| reference(member))
}

fn reference(member: &Staff) -> Value {
    json!({
        "reference": format!("Practitioner/{}", member.practitioner),
        "display": member.display_name,
    })
}

struct Writer<'a> {
    /// Who has written all of this.
    author: Value,
    population: &'a Population,
    person: &'a Person,
    dice: &'a mut Dice,
    bundle: &'a mut Bundle,
}

impl Writer<'_> {
    fn last_day(&self) -> Date {
        self.person.last_day(self.population.today)
    }

    /// The first day of the ten years that the record covers.
    fn first_day(&self) -> Date {
        let last = self.last_day();
        last.checked_sub(10.years())
            .unwrap_or(last)
            .max(self.person.born)
    }

    fn put(&mut self, resource_type: &str, subject: &str, mut fields: Value) -> String {
        let id = self.dice.id();
        fields["resourceType"] = json!(resource_type);
        fields["id"] = json!(id);
        fields[subject] = self.person.reference();
        if let Some((field, author)) = self.authored(resource_type) {
            fields[field] = author;
        }
        self.bundle.put(fields);
        format!("{resource_type}/{id}")
    }

    /// The field that says who wrote a resource, and who that was.
    fn authored(&self, resource_type: &str) -> Option<(&'static str, Value)> {
        let author = self.author.clone();
        Some(match resource_type {
            "Condition" | "AllergyIntolerance" => ("recorder", author),
            "MedicationRequest" => ("requester", author),
            "Observation" => ("performer", json!([author])),
            "Encounter" => ("participant", json!([{"individual": author}])),
            "DocumentReference" => ("author", json!([author])),
            "Flag" | "CarePlan" => ("author", author),
            "CareTeam" => ("managingOrganization", json!([self.population.reference()])),
            _ => return None,
        })
    }

    /// One in sixteen, nearly all of them old.
    fn is_cared_for_at_home(&mut self) -> bool {
        let share = match self.person.age_on(self.population.today) {
            ..50 => 0.005,
            50..70 => 0.04,
            70..80 => 0.22,
            _ => 0.48,
        };
        self.dice.chance(share) && self.person.died.is_none()
    }

    /// The clinician who knows this person, and the carer where there is one. Half of the people
    /// are with each clinician.
    fn care_team(&mut self, is_at_home: bool) {
        let staff = self.population.staff();
        let mut participants = Vec::new();
        for (role, is_in) in [(StaffRole::Clinician, true), (StaffRole::Carer, is_at_home)] {
            let of_role: Vec<_> = staff.iter().filter(|one| one.role == role).collect();
            let index = usize::try_from(self.person.number).unwrap_or(0) % of_role.len().max(1);
            if let (true, Some(member)) = (is_in, of_role.get(index)) {
                participants.push(json!({
                    "role": [{"text": if role == StaffRole::Carer { "Carer" } else { "Responsible clinician" }}],
                    "member": reference(member),
                }));
            }
        }
        let (start, today) = (self.first_day(), self.population.today);
        let end = today.checked_add(1.years()).unwrap_or(today);
        self.put(
            "CareTeam",
            "subject",
            json!({
                "status": "active",
                "name": "Care team",
                "period": {"start": start.to_string(), "end": end.to_string()},
                "participant": participants,
            }),
        );
    }

    fn next_of_kin(&mut self) {
        if !self.dice.chance(0.3) {
            return;
        }
        let family = self.person.family;
        let (given, _) = crate::names::of_person(self.dice, self.person.is_woman, 1975);
        let telephone = places::mobile(self.dice);
        self.put("RelatedPerson", "patient", json!({
            "relationship": [concept(
                "http://terminology.hl7.org/CodeSystem/v2-0131", "N", "Next-of-Kin", "Next of kin")],
            "name": [{"family": family, "given": [given.first()]}],
            "telecom": [{"system": "phone", "value": telephone}],
        }));
    }

    fn problems(&mut self) -> Vec<&'static Problem> {
        let age = self.person.age_on(self.last_day());
        let mut having = Vec::new();
        for problem in PROBLEMS {
            if age >= problem.from_age && self.dice.chance(share_at(problem, age)) {
                self.problem(problem);
                having.push(problem);
            }
        }
        having
    }

    fn problem(&mut self, problem: &Problem) {
        let earliest = self
            .person
            .born
            .checked_add(problem.from_age.years())
            .unwrap_or(self.person.born)
            .min(self.last_day());
        let onset = self.dice.day(earliest, self.last_day());
        let condition = self.put("Condition", "subject", json!({
            "clinicalStatus": concept(
                "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active", "Active"),
            "verificationStatus": concept(
                "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", "Confirmed",
                "Confirmed"),
            "category": [concept(
                "http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item",
                "Problem List Item", "Problem")],
            "code": concept(MESH, problem.code, problem.heading, problem.text),
            "onsetDateTime": onset.to_string(),
            "recordedDate": onset.to_string(),
        }));
        for medicine in problem.medicines {
            if self.dice.chance(0.85) {
                let begun = self.dice.day(onset, self.last_day());
                self.put(
                    "MedicationRequest",
                    "subject",
                    json!({
                        "status": if self.person.died.is_some() { "stopped" } else { "active" },
                        "intent": "order",
                        "medicationCodeableConcept":
                            concept(RXNORM, medicine.code, medicine.display, medicine.text),
                        "authoredOn": begun.to_string(),
                        "reasonReference": [{"reference": condition}],
                        "dosageInstruction": [{"text": medicine.directions}],
                    }),
                );
            }
        }
    }

    fn allergies(&mut self) {
        if !self.dice.chance(0.14) {
            return;
        }
        let (code, display, text, reaction) = *self.dice.weighted(ALLERGENS);
        let noted = self.dice.day(self.first_day(), self.last_day());
        let is_severe = reaction == "Anaphylaxis" || reaction == "Wheeze";
        self.put("AllergyIntolerance", "patient", json!({
            "clinicalStatus": concept(
                "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", "Active",
                "Active"),
            "verificationStatus": concept(
                "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "confirmed",
                "Confirmed", "Confirmed"),
            "type": "allergy",
            "category": ["medication"],
            "criticality": if is_severe { "high" } else { "low" },
            "code": concept(RXNORM, code, display, text),
            "recordedDate": noted.to_string(),
            "reaction": [{
                "manifestation": [{"text": reaction}],
                "severity": if is_severe { "severe" } else { "mild" },
            }],
        }));
    }

    fn encounters(&mut self) {
        let age = self.person.age_on(self.last_day());
        let most = if age > 70 { 5 } else { 3 };
        for _ in 0..self.dice.between(1, most) {
            let day = self.dice.day(self.first_day(), self.last_day());
            let minute = self.dice.between(8 * 60, 18 * 60);
            let reason = *self.dice.pick(REASONS);
            let is_emergency = self.dice.chance(0.15);
            let (class, display) = if is_emergency {
                ("EMER", "emergency")
            } else {
                ("AMB", "ambulatory")
            };
            let encounter = self.put(
                "Encounter",
                "subject",
                json!({
                    "status": "finished",
                    "class": {
                        "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                        "code": class, "display": display,
                    },
                    "period": {"start": date_time(day, minute), "end": date_time(day, minute + 15)},
                    "reasonCode": [{"text": reason}],
                }),
            );
            if is_emergency {
                self.letter(day, minute, reason, &encounter);
            }
        }
    }

    fn letter(&mut self, day: Date, minute: i32, reason: &str, encounter: &str) {
        let text = format!(
            "Dear colleague,\n\nThis person was seen in the emergency department on {day} with: {reason}.\n\
             No admission was needed. Please review in two weeks if symptoms go on.\n"
        );
        self.put("DocumentReference", "subject", json!({
            "status": "current",
            "type": concept(LOINC, "34878-9", "Emergency medicine Note", "Emergency department letter"),
            "date": date_time(day, minute + 60),
            "description": format!("Emergency department letter: {reason}"),
            "content": [{"attachment": {
                "contentType": "text/plain",
                "data": BASE64.encode(text.as_bytes()),
                "title": "Emergency department letter",
            }}],
            "context": {"encounter": [{"reference": encounter}]},
        }));
    }

    fn measurements(&mut self, is_ill: bool) {
        if self.person.age_on(self.last_day()) < 16 {
            return;
        }
        for _ in 0..self.dice.between(1, if is_ill { 3 } else { 1 }) {
            let day = self.dice.day(self.adult_from(), self.last_day());
            self.blood_pressure(day);
        }
        for (is_laboratory, measure) in MEASURES {
            if self.dice.chance(if is_ill { 0.5 } else { 0.15 }) {
                let day = self.dice.day(self.adult_from(), self.last_day());
                let value = self.value(measure);
                let category = if *is_laboratory {
                    LABORATORY
                } else {
                    VITAL_SIGNS
                };
                self.put(
                    "Observation",
                    "subject",
                    json!({
                        "status": "final",
                        "category": [category_of(category)],
                        "code": concept(LOINC, measure.code, measure.display, measure.text),
                        "effectiveDateTime": date_time(day, 9 * 60 + 30),
                        "valueQuantity": value,
                    }),
                );
            }
        }
    }

    /// The first day of the record on which this person was grown up.
    fn adult_from(&self) -> Date {
        let grown = self
            .person
            .born
            .checked_add(16.years())
            .unwrap_or(self.person.born);
        self.first_day().max(grown).min(self.last_day())
    }

    fn blood_pressure(&mut self, day: Date) {
        let (systolic, diastolic) = (self.value(&SYSTOLIC), self.value(&DIASTOLIC));
        let part = |measure: &Measure, value: Value| {
            json!({
                "code": concept(LOINC, measure.code, measure.display, measure.text),
                "valueQuantity": value,
            })
        };
        self.put("Observation", "subject", json!({
            "status": "final",
            "category": [category_of(VITAL_SIGNS)],
            "code": concept(LOINC, "85354-9", "Blood pressure panel with all children optional", "Blood pressure"),
            "effectiveDateTime": date_time(day, 9 * 60),
            "component": [part(&SYSTOLIC, systolic), part(&DIASTOLIC, diastolic)],
        }));
    }

    fn value(&mut self, measure: &Measure) -> Value {
        let value = self
            .dice
            .around(measure.mean, measure.spread)
            .max(measure.mean / 3.0);
        // Written with its digits, so that 5.0 keeps its precision.
        let text = format!("{value:.*}", measure.digits);
        let number = text
            .parse::<serde_json::Number>()
            .unwrap_or_else(|_| 0.into());
        json!({"value": number, "unit": measure.unit, "system": UCUM, "code": measure.unit})
    }

    fn care_at_home(&mut self, problems: &[&Problem]) {
        let today = self.population.today;
        let begun = today
            .checked_sub(1.years())
            .unwrap_or(today)
            .max(self.person.born);
        let until = today.checked_add(6.months()).unwrap_or(today);
        let mut tasks = vec!["Help with washing and dressing", "Prepare breakfast"];
        if problems.iter().any(|problem| !problem.medicines.is_empty()) {
            tasks.push("Prompt medicines from the blister pack");
        }
        if self.dice.chance(0.4) {
            tasks.push("Check skin and reposition");
        }
        let activities: Vec<Value> = tasks
            .iter()
            .map(|task| json!({"detail": {"status": "in-progress", "description": task}}))
            .collect();
        self.put(
            "CarePlan",
            "subject",
            json!({
                "status": "active",
                "intent": "plan",
                "title": "Care at home",
                "period": {"start": begun.to_string(), "end": until.to_string()},
                "activity": activities,
            }),
        );
        if self.dice.chance(0.3) {
            self.put("Flag", "subject", json!({
                "status": "active",
                "category": [{"text": "Reasonable adjustment"}],
                "code": {"text": "Hearing loss: knock loudly and face the person when speaking"},
                "period": {"start": begun.to_string()},
            }));
        }
    }
}

const LABORATORY: (&str, &str) = ("laboratory", "Laboratory");
const VITAL_SIGNS: (&str, &str) = ("vital-signs", "Vital Signs");

fn category_of((code, display): (&str, &str)) -> Value {
    concept(
        "http://terminology.hl7.org/CodeSystem/observation-category",
        code,
        display,
        display,
    )
}

/// The share of people of an age who have a problem: straight lines between the known ages.
fn share_at(problem: &Problem, age: i32) -> f64 {
    let [at_30, at_50, at_70, at_85] = problem.share;
    let between = |low: f64, high: f64, from: i32, years: f64| {
        (high - low).mul_add(f64::from(age - from) / years, low)
    };
    match age {
        ..30 => at_30,
        30..50 => between(at_30, at_50, 30, 20.0),
        50..70 => between(at_50, at_70, 50, 20.0),
        70..85 => between(at_70, at_85, 70, 15.0),
        _ => at_85,
    }
}
