//! `ward import`.

use std::fs;

use serde_json::json;

use crate::operator::{Operator, patient};

#[test]
fn what_is_good_goes_in_and_what_is_bad_is_kept_aside_with_its_place() {
    let operator = Operator::with_a_ward();
    let bad = json!({"resourceType": "Patient", "id": "b", "gender": "unheard-of"});
    let lines = format!("{}\n{bad}\n{{\"torn\": \n{}\n", patient("a"), patient("c"));
    let report = operator.import("people.ndjson", &lines);
    assert_eq!(
        (&report["created"], &report["refused"]),
        (&json!(2), &json!(2))
    );
    let problems = report["problems"].to_string();
    assert!(
        problems.contains("people.ndjson:2") && problems.contains("Patient.gender"),
        "{problems}"
    );
    assert!(problems.contains("people.ndjson:3"), "{problems}");
    assert!(!problems.contains("unheard-of"), "{problems}");
    let aside = fs::read_to_string(operator.path("ward-refused/people.ndjson")).unwrap();
    assert_eq!(aside.lines().count(), 2);
    let again = operator.import("people.ndjson", &lines);
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
}
