use super::{super::query::Test, *};

fn parse(of_type: &str, query: &[(&str, &str)]) -> Result<SearchQuery, Vec<Issue>> {
    let pairs: Vec<_> = query
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    parse_query_at("https://localhost/fhir/WRD01", of_type, &pairs)
}

#[test]
fn what_r4_allows_is_read() {
    for (of_type, key, value) in [
        ("Patient", "name", "smi"),
        ("Patient", "name:exact", "Smith\\, Jane"),
        ("Patient", "family:contains", "mit"),
        ("Patient", "birthdate", "ge1950"),
        ("Patient", "birthdate", "1950-05,1951"),
        ("Patient", "birthdate:missing", "true"),
        ("Patient", "gender:not", "male"),
        (
            "Patient",
            "identifier",
            "https://fhir.nhs.uk/Id/nhs-number|9990000018",
        ),
        ("Patient", "identifier", "|x"),
        (
            "Patient",
            "identifier",
            "https://fhir.nhs.uk/Id/nhs-number|",
        ),
        ("Patient", "_id", "a,b"),
        ("Patient", "_lastUpdated", "gt2026-01-01T00:00:00Z"),
        ("Patient", "_count", "0"),
        ("Patient", "_sort", "-birthdate,_lastUpdated"),
        ("Patient", "_total", "accurate"),
        ("Patient", "_summary", "false"),
        (
            "Patient",
            "_include",
            "Patient:general-practitioner:Organization",
        ),
        ("Observation", "subject:Patient", "1"),
        (
            "Observation",
            "patient",
            "https://localhost/fhir/WRD01/Patient/1",
        ),
        (
            "Observation",
            "subject",
            "urn:uuid:0b2a6d0e-0000-4000-8000-000000000000",
        ),
        ("Observation", "subject:identifier", "sys|1"),
        (
            "Observation",
            "value-quantity",
            "le5.40e-3|http://unitsofmeasure.org|g",
        ),
        ("Observation", "value-quantity", "5.4||mg"),
        ("Observation", "code:text", "head"),
        ("ValueSet", "url:below", "http://acme.org/fhir/"),
        ("RiskAssessment", "probability", "gt0.8"),
    ] {
        assert!(
            parse(of_type, &[(key, value)]).is_ok(),
            "{of_type}?{key}={value}"
        );
    }
}

#[test]
fn what_cannot_be_answered_is_refused() {
    for (of_type, key, value) in [
        ("Patient", "nonsense", "1"),
        ("Patient", "name:nonsense", "1"),
        ("Patient", "name", ""),
        ("Patient", "name", "a,,b"),
        ("Patient", "name", "a\\b"),
        ("Patient", "birthdate", "1950-13"),
        ("Patient", "birthdate", "xx1950"),
        ("Patient", "birthdate:missing", "perhaps"),
        ("Patient", "identifier", "a|b|c"),
        ("Patient", "identifier", "|"),
        ("Patient", "_count", "-1"),
        ("Patient", "_sort", "name"),
        ("Patient", "_include", "Observation:subject"),
        ("Patient", "_include", "*"),
        ("Patient", "_include", "Patient:name"),
        ("Patient", "_include:iterate", "Patient:link"),
        (
            "Patient",
            "_include",
            "Patient:general-practitioner:Observation",
        ),
        ("Patient", "_revinclude", "Observation:subject"),
        ("Patient", "_summary", "count"),
        ("Patient", "_elements", "name"),
        ("Patient", "_text", "x"),
        ("Patient", "_has:Observation:patient:code", "x"),
        ("Patient", "general-practitioner.name", "x"),
        ("Patient", "general-practitioner:Practitioner.name", "x"),
        ("Observation", "subject", "../x"),
        ("Observation", "subject", "Patient/../x"),
        ("Observation", "subject:Patient", "Group/1"),
        ("Observation", "subject:Nonsense", "1"),
        ("Observation", "value-quantity", "5.4|mg"),
        ("Observation", "value-quantity", "x"),
        ("Observation", "code-value-quantity", "a$b"),
        ("Location", "near", "1|2"),
        ("Nonsense", "_id", "1"),
    ] {
        assert!(
            parse(of_type, &[(key, value)]).is_err(),
            "{of_type}?{key}={value}"
        );
    }
}

#[test]
fn all_errors_are_told_at_once_and_none_tells_a_value() {
    let secret = "9990000018";
    let issues = parse(
        "Patient",
        &[
            ("birthdate", secret),
            ("_count", "Smith9990000018"),
            (secret, "x"),
            ("_sort", secret),
            ("gender.x", secret),
        ],
    );
    let issues = issues.unwrap_err();
    assert_eq!(issues.len(), 5);
    assert!(
        issues
            .iter()
            .all(|issue| !issue.diagnostics.contains(secret)),
        "{issues:?}"
    );
    assert!(issues[0].diagnostics.contains("birthdate"));
    assert!(issues[2].diagnostics.contains("(a name that is none)"));
}

#[test]
fn limits_hold() {
    let many = vec![("name", "a"); limits::SEARCH_PARAMETERS + 1];
    assert!(parse("Patient", &many).is_err());
    let long = "a".repeat(limits::SEARCH_VALUE_BYTES + 1);
    assert!(parse("Patient", &[("name", &long)]).is_err());
    let alternatives = vec!["a"; limits::SEARCH_ALTERNATIVES + 1].join(",");
    assert!(parse("Patient", &[("name", &alternatives)]).is_err());
    let digits = "1".repeat(40);
    assert!(parse("RiskAssessment", &[("probability", &digits)]).is_err());
    let page = parse("Patient", &[("_count", "100000")]).unwrap();
    assert_eq!(page.page_size(), limits::PAGE_MAX);
}

#[test]
fn a_query_says_whose_data_it_is_about() {
    let patients = |of_type: &str, key: &str, value: &str| {
        let query = parse(of_type, &[(key, value)]).unwrap();
        query
            .patients()
            .map(|ids| ids.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let one = Some(vec!["1".to_owned()]);
    assert_eq!(patients("Observation", "patient", "1"), one);
    assert_eq!(patients("Observation", "patient", "Patient/1"), one);
    assert_eq!(patients("Observation", "subject", "Patient/1"), one);
    assert_eq!(patients("Observation", "subject:Patient", "1"), one);
    assert_eq!(patients("Patient", "_id", "1"), one);
    assert_eq!(patients("Observation", "subject", "1"), None);
    assert_eq!(
        patients("Observation", "subject", "Patient/1,Group/2"),
        None
    );
    assert_eq!(patients("Observation", "patient:missing", "true"), None);
    assert_eq!(patients("Patient", "link", "Patient/1"), None);
    assert_eq!(patients("Observation", "_id", "1"), None);
}

#[test]
fn debug_shows_no_value() {
    let query = parse("Patient", &[("name", "smith"), ("gender", "male")]).unwrap();
    assert_eq!(format!("{query:?}"), "SearchQuery(Patient?name&gender)");
}

#[test]
fn alternatives_and_escapes_are_taken_apart() {
    let query = parse("Patient", &[("identifier", "s\\|y|a\\,b,c")]).unwrap();
    let Test::Any(conditions) = &query.clauses[0].test else {
        panic!()
    };
    assert_eq!(conditions.len(), 2);
}
