//! The order of results, what comes along with them, and what is never shown.

use serde_json::{Value as Json, json};

use super::{parse, resource};
use crate::search::{extract, index_terms};

#[test]
fn results_sort_by_their_dates_and_those_without_come_last() {
    let at = |date: Json| {
        let mut json = json!({"resourceType": "Observation"});
        if !date.is_null() {
            json["effectiveDateTime"] = date;
        }
        resource(&json)
    };
    let all = [
        at("2020".into()),
        at(Json::Null),
        at("2021-05".into()),
        at("2019-01-01".into()),
    ];
    for (sort, want) in [("date", [3, 0, 2, 1]), ("-date", [2, 0, 3, 1])] {
        let query = parse("Observation", &format!("_sort={sort}"));
        let mut order = [0, 1, 2, 3];
        order.sort_by_key(|at: &usize| query.sort_key(&extract(&all[*at])));
        assert_eq!(order, want, "{sort}");
    }
}

#[test]
fn includes_follow_references_of_this_server() {
    let observation = resource(&json!({"resourceType": "Observation",
        "subject": {"reference": "Patient/1"},
        "performer": [{"reference": "Practitioner/2"}, {"reference": "Organization/3"},
            {"reference": "https://other/Practitioner/4"}, {"reference": "Practitioner/2"}]}));
    let targets = |query: &str| {
        let keys = parse("Observation", query).include_targets(&extract(&observation));
        keys.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        targets("_include=Observation:performer"),
        ["Organization/3", "Practitioner/2"]
    );
    assert_eq!(
        targets("_include=Observation:performer:Practitioner"),
        ["Practitioner/2"]
    );
    assert_eq!(
        targets("_include=Observation:subject&_include=Observation:patient"),
        ["Patient/1"]
    );
    assert!(targets("_id=1").is_empty());
}

#[test]
fn debug_shows_no_value_of_a_resource() {
    let patient = resource(
        &json!({"resourceType": "Patient", "birthDate": "1984-05-02",
        "name": [{"family": "Smith"}]}),
    );
    let values = extract(&patient);
    let query = parse("Patient", "_sort=birthdate");
    let shown = format!(
        "{values:?} {:?} {:?}",
        query.sort_key(&values),
        index_terms(&values)
    );
    assert!(
        shown.contains("Patient.birthdate") && shown.contains("SortKey"),
        "{shown}"
    );
    assert!(
        !shown.contains("Smith") && !shown.contains("smith"),
        "{shown}"
    );
    assert!(!shown.contains("452"), "no microseconds of 1984: {shown}");
}
