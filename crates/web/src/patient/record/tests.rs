use ward_fhir::Limits;

use super::*;

fn part(kind: SectionKind, bodies: &[&str]) -> Part {
    let parse = |body: &&str| Resource::parse(body.as_bytes(), &Limits::default()).unwrap();
    Part {
        kind,
        resources: bodies.iter().map(parse).collect(),
        more: false,
    }
}

fn observation(rest: &str) -> Option<String> {
    let body = format!(r#"{{"resourceType":"Observation",{rest}}}"#);
    let part = part(SectionKind::Results, &[&body]);
    Record::of(&[part]).sections[0].items[0].detail.clone()
}

#[test]
fn what_one_may_not_see_is_not_said_to_be_nothing() {
    let record = Record::of(&[part(SectionKind::Problems, &[])]);
    assert_eq!(record.allergies.map(|list| list.len()), None);
    assert_eq!(record.care_team.map(|list| list.len()), None);
    assert_eq!(record.sections.len(), 1);
    assert_eq!(record.sections[0].total, "0");
}

#[test]
fn the_riskiest_allergy_is_first_and_a_refuted_one_is_none() {
    let record = Record::of(&[part(
        SectionKind::Allergies,
        &[
            r#"{"resourceType":"AllergyIntolerance","code":{"text":"Latex"},"recordedDate":"2020",
            "verificationStatus":{"coding":[{"code":"unconfirmed"}]}}"#,
            r#"{"resourceType":"AllergyIntolerance","code":{"text":"Penicillin"},"criticality":"high",
            "recordedDate":"1998-03-12","reaction":[{"manifestation":[{"text":"Anaphylaxis"}]}],
            "recorder":{"reference":"Practitioner/1","display":"Dr Raman"}}"#,
            r#"{"resourceType":"AllergyIntolerance","code":{"text":"Nuts"},
            "verificationStatus":{"coding":[{"code":"refuted"}]}}"#,
        ],
    )]);
    let allergies = record.allergies.unwrap();
    let names: Vec<&str> = allergies.iter().map(|item| item.what.as_str()).collect();
    assert_eq!(names, ["Penicillin", "Latex"]);
    assert_eq!(allergies[0].status.unwrap().label, "High risk");
    assert_eq!(allergies[0].detail.as_deref(), Some("Anaphylaxis"));
    assert_eq!(allergies[0].date.as_deref(), Some("12 March 1998"));
    assert_eq!(allergies[0].source, "Dr Raman");
    assert_eq!(allergies[1].status.unwrap().label, "Unconfirmed");
    assert_eq!(allergies[1].source, "Source not given");
}

#[test]
fn past_problems_are_folded_away_unless_there_are_no_others() {
    let now = r#"{"resourceType":"Condition","code":{"text":"Asthma"},"onsetDateTime":"2001"}"#;
    let past = r#"{"resourceType":"Condition","code":{"coding":[{"display":"Fracture"}]},
        "clinicalStatus":{"coding":[{"code":"resolved"}]},"onsetDateTime":"2015-04-01"}"#;
    let both = &Record::of(&[part(SectionKind::Problems, &[past, now])]).sections[0];
    assert_eq!(
        (both.items[0].what.as_str(), both.earlier[0].what.as_str()),
        ("Asthma", "Fracture")
    );
    assert_eq!(
        (both.total.as_str(), both.earlier_label.as_str()),
        ("2", "1 past problem")
    );
    let one = &Record::of(&[part(SectionKind::Problems, &[past])]).sections[0];
    assert_eq!(one.items[0].status.unwrap().label, "Resolved");
    assert!(one.earlier.is_empty());
}

#[test]
fn results_are_newest_first_and_say_when_there_are_more() {
    let one = |day: usize| {
        format!(
            r#"{{"resourceType":"Observation","code":{{"text":"T{day}"}},
            "effectiveDateTime":"2026-01-{day:02}T09:00:00Z"}}"#
        )
    };
    let bodies: Vec<String> = (1..=12).map(one).collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let part = Part {
        more: true,
        ..part(SectionKind::Results, &bodies)
    };
    let section = &Record::of(&[part]).sections[0];
    assert_eq!(section.items[0].what, "T12");
    assert_eq!((section.items.len(), section.earlier.len()), (10, 2));
    assert_eq!(
        (section.total.as_str(), section.unshown.is_some()),
        ("12+", true)
    );
}

#[test]
fn a_result_is_shown_whatever_kind_of_value_it_has() {
    let quantity = |value: &str| format!(r#""valueQuantity":{{"value":{value},"unit":"mmHg"}}"#);
    let half = |code: &str, value: &str| {
        format!(
            r#"{{"code":{{"text":"x","coding":[{{"code":"{code}"}}]}},{}}}"#,
            quantity(value)
        )
    };
    for (rest, expected) in [
        (quantity("5.0"), Some("5.0 mmHg")),
        (
            r#""valueQuantity":{"value":81,"unit":"/min"}"#.to_owned(),
            Some("81 a minute"),
        ),
        (
            r#""valueQuantity":{"value":9,"comparator":"<","code":"g"}"#.to_owned(),
            Some("<9 g"),
        ),
        (
            r#""valueCodeableConcept":{"coding":[{"code":"POS"}]}"#.to_owned(),
            Some("POS"),
        ),
        (r#""valueString":"ok""#.to_owned(), Some("ok")),
        (r#""valueBoolean":false"#.to_owned(), Some("No")),
        (r#""valueInteger":3"#.to_owned(), Some("3")),
        (
            r#""valueRange":{"low":{"value":1},"high":{"value":2}}"#.to_owned(),
            Some("1 to 2"),
        ),
        (
            format!(
                r#""component":[{},{}]"#,
                half("8462-4", "88"),
                half("8480-6", "142")
            ),
            Some("142/88 mmHg"),
        ),
        (
            format!(r#""component":[{}]"#, half("8480-6", "142")),
            Some("x: 142 mmHg"),
        ),
        (
            r#""dataAbsentReason":{"text":"Not done"}"#.to_owned(),
            Some("Not done"),
        ),
        (r#""valueQuantity":"wrong""#.to_owned(), None),
        (r#""component":7"#.to_owned(), None),
    ] {
        assert_eq!(observation(&rest).as_deref(), expected, "{rest}");
    }
}

#[test]
fn a_care_team_that_is_over_has_no_members() {
    let team = |status: &str| {
        format!(
            r#"{{"resourceType":"CareTeam","status":"{status}","period":{{"start":"2019-05-01"}},
            "participant":[{{"role":[{{"text":"Carer"}}],"member":{{"display":"Tom"}}}}]}}"#
        )
    };
    let members = |status| {
        Record::of(&[part(SectionKind::CareTeams, &[&team(status)])])
            .care_team
            .unwrap()
    };
    assert_eq!(members("inactive").len(), 0);
    let tom = &members("active")[0];
    assert_eq!(
        (tom.what.as_str(), tom.detail.as_deref()),
        ("Tom", Some("Carer"))
    );
    assert_eq!(tom.date.as_deref(), Some("Since 1 May 2019"));
}
