//! `ward import`.

use std::fs;

use serde_json::{Value, json};

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

fn refused(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "gender": "unheard-of"})
}

/// Imports files, and tells what came of it.
fn import(operator: &Operator, files: &[&str]) -> Value {
    let report = operator.says(&[&["import", "--organisation", "WRD01", "--json"], files].concat());
    serde_json::from_str(&report).unwrap()
}

#[test]
fn sources_of_the_same_name_are_kept_aside_each() {
    let operator = Operator::with_a_ward();
    for (folder, id) in [("one", "x"), ("two", "y")] {
        fs::create_dir(operator.path(folder)).unwrap();
        let path = operator.path(&format!("{folder}/people.ndjson"));
        fs::write(path, refused(id).to_string()).unwrap();
    }
    let report = import(&operator, &["one/people.ndjson", "two/people.ndjson"]);
    assert_eq!(
        report["aside"],
        json!([
            "ward-refused/people.problems.txt",
            "ward-refused/people-2.problems.txt"
        ])
    );
    let aside = |name: &str| fs::read_to_string(operator.path("ward-refused").join(name)).unwrap();
    assert!(aside("people.ndjson").contains("\"x\""));
    assert!(aside("people-2.ndjson").contains("\"y\""));
    let again = import(&operator, &["one/people.ndjson"]);
    assert_eq!(
        again["aside"],
        json!(["ward-refused/people-3.problems.txt"])
    );
    assert!(aside("people.ndjson").contains("\"x\""));
}

#[test]
fn what_was_kept_aside_is_imported_without_being_written_over() {
    let operator = Operator::with_a_ward();
    let bad = format!("{}\n{}\n", refused("x"), refused("y"));
    operator.import("people.ndjson", &bad);
    // One is mended, the other not yet.
    let mended = bad.replacen("unheard-of", "unknown", 1);
    fs::write(operator.path("ward-refused/people.ndjson"), &mended).unwrap();
    let report = import(&operator, &["ward-refused/people.ndjson"]);
    assert_eq!(
        (&report["created"], &report["refused"]),
        (&json!(1), &json!(1))
    );
    let aside = |name: &str| fs::read_to_string(operator.path("ward-refused").join(name)).unwrap();
    assert_eq!(aside("people.ndjson"), mended);
    assert_eq!(aside("people-2.ndjson").lines().count(), 1);
}

#[test]
fn every_reason_is_beside_what_is_kept_aside_and_no_value() {
    let operator = Operator::with_a_ward();
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": patient("a")},
        {"resource": refused("in-a-bundle")},
    ]});
    let mut lines = vec![patient("b").to_string(), bundle.to_string()];
    lines.extend((0..30).map(|number| refused(&format!("bad-{number}")).to_string()));
    fs::write(operator.path("people.ndjson"), lines.join("\n")).unwrap();
    let said = operator.says(&["import", "--organisation", "WRD01", "people.ndjson"]);
    assert!(said.contains("... and 11 more"), "{said}");
    assert!(said.contains("ward-refused/people.problems.txt"), "{said}");
    let problems = fs::read_to_string(operator.path("ward-refused/people.problems.txt")).unwrap();
    assert_eq!(problems.lines().count(), 31);
    for (number, line) in problems.lines().enumerate() {
        let place = match number {
            0 => "people.ndjson:2 entry[1]: Bundle.entry[1].resource".to_owned(),
            number => format!("people.ndjson:{}: Patient.gender: ", number + 2),
        };
        let start = format!("line {}, from {place}", number + 1);
        assert!(line.starts_with(&start), "{line}");
    }
    for value in ["unheard-of", "in-a-bundle", "bad-1"] {
        assert!(!problems.contains(value), "{value}");
    }
    let aside = fs::read_to_string(operator.path("ward-refused/people.ndjson")).unwrap();
    assert_eq!(aside.lines().count(), 31);
}

#[test]
fn a_line_that_is_too_long_keeps_no_other_out() {
    let operator = Operator::with_a_ward();
    let long = "x".repeat(20 * 1024 * 1024 + 1);
    let lines = format!("{}\n{long}\n{}\n", patient("a"), patient("b"));
    let report = operator.import("people.ndjson", &lines);
    assert_eq!(
        (&report["created"], &report["refused"]),
        (&json!(2), &json!(1))
    );
    let problem = report["problems"][0].as_str().unwrap();
    assert!(
        problem.starts_with("people.ndjson:2: longer than 20 MiB"),
        "{problem}"
    );
    assert!(!operator.path("ward-refused/people.ndjson").exists());
    let whole = operator.import("person.json", &long);
    assert_eq!(whole["refused"], json!(1));
}

#[test]
fn what_goes_in_with_a_warning_is_counted_and_told() {
    let operator = Operator::with_a_ward();
    let wrong = json!({"resourceType": "Patient", "id": "w", "identifier": [
        {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9434765910"},
    ]});
    let report = operator.import("people.ndjson", &wrong.to_string());
    assert_eq!(
        (&report["created"], &report["warned"], &report["refused"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("people.ndjson:1: Patient.identifier[0]"),
        "{warning}"
    );
    let told = fs::read_to_string(operator.path("ward-refused/people.problems.txt")).unwrap();
    assert!(
        told.starts_with("went in, from people.ndjson:1: "),
        "{told}"
    );
    assert!(!told.contains("9434765910"));
    assert!(!operator.path("ward-refused/people.ndjson").exists());
    let said = operator.says(&["import", "--organisation", "WRD01", "people.ndjson"]);
    assert!(said.contains("1 went in with a warning"), "{said}");
}

#[test]
fn what_was_changed_since_an_import_is_left_so_unless_it_is_to_be_written_again() {
    let operator = Operator::with_a_ward();
    let (first, second) = (patient("a"), refused("a").to_string());
    operator.import("first.ndjson", &first.to_string());
    operator.import("second.ndjson", &second.replace("unheard-of", "female"));
    let report = import(&operator, &["first.ndjson"]);
    assert_eq!(
        (&report["kept"], &report["updated"]),
        (&json!(1), &json!(0))
    );
    let said = operator.says(&["import", "--organisation", "WRD01", "first.ndjson"]);
    assert!(
        said.contains("1 left as changed since") && said.contains("--overwrite"),
        "{said}"
    );
    let report = import(&operator, &["--overwrite", "first.ndjson"]);
    assert_eq!(
        (&report["kept"], &report["updated"]),
        (&json!(0), &json!(1))
    );
}
