mod cases;

use std::collections::HashSet;

use cases::{case, date, period};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    Limits, Resource,
    search::{extract, parameter, parse_query},
};

fn resource(json: &Json) -> Resource {
    Resource::parse(json.to_string().as_bytes(), &Limits::RESOURCE).unwrap()
}

fn query(of_type: &str, pairs: &[(&str, &str)]) -> Option<SearchQuery> {
    let owned: Vec<_> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    parse_query(of_type, &owned).ok()
}

fn finds(terms: &HashSet<Term>, query: &SearchQuery) -> bool {
    query_terms(query)
        .iter()
        .all(|group| group.iter().any(|term| terms.contains(term)))
}

/// Whether the query matches the resource, and whether the index finds it.
fn ask(json: &Json, query: &SearchQuery) -> (bool, bool) {
    let resource = resource(json);
    let values = extract(&resource);
    let terms: HashSet<Term> = index_terms(&values).into_iter().collect();
    (query.matches(&values), finds(&terms, query))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_index_never_misses_a_match((json, of_type, key, asked) in case()) {
        if let Some(query) = query(of_type, &[(key, &asked)]) {
            let (matches, found) = ask(&json, &query);
            prop_assert!(found || !matches, "{of_type}?{key}={asked} of {json}");
        }
    }

    #[test]
    fn ranges_from_both_sides_never_miss_a_match(
        (period, at) in (period(), date()),
        (from, low) in ("(ge|gt|sa|eq|ap)", date()),
        (to, high) in ("(le|lt|eb|ap)", date()),
    ) {
        let (low, high) = (from + &low, to + &high);
        for (json, of_type) in [
            (json!({"resourceType": "Encounter", "period": period}), "Encounter"),
            (json!({"resourceType": "Observation", "effectiveDateTime": at}), "Observation"),
            (json!({"resourceType": "Observation", "effectivePeriod": period}), "Observation"),
        ] {
            let query = query(of_type, &[("date", &low), ("date", &high)]).unwrap();
            let (matches, found) = ask(&json, &query);
            prop_assert!(found || !matches, "{of_type}?date={low}&date={high} of {json}");
        }
    }
}

#[test]
fn a_period_from_before_the_one_bound_to_after_the_other_is_found() {
    let stay = json!({"start": "2000-01-01", "end": "2000-01-04"});
    let encounter = json!({"resourceType": "Encounter", "period": stay});
    let asked = [("date", "ge2000-01-03"), ("date", "le2000-01-02")];
    assert_eq!(
        ask(&encounter, &query("Encounter", &asked).unwrap()),
        (true, true)
    );
}

#[test]
fn the_cases_match_often_enough_to_tell_anything() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut read, mut matched) = (0, 0);
    for _ in 0..2_000 {
        let (json, of_type, key, asked) = case().new_tree(&mut runner).unwrap().current();
        if let Some(query) = query(of_type, &[(key, &asked)]) {
            read += 1;
            matched += usize::from(ask(&json, &query).0);
        }
    }
    assert!(read > 1_200 && matched > 400, "{matched} of {read}");
}

fn terms_of(json: &Json, parameter: &str) -> usize {
    let terms = index_terms(&extract(&resource(json)));
    terms
        .iter()
        .filter(|term| term.parameter == parameter)
        .count()
}

fn asked(of_type: &str, pairs: &[(&str, &str)]) -> Vec<usize> {
    query_terms(&query(of_type, pairs).unwrap())
        .iter()
        .map(Vec::len)
        .collect()
}

#[test]
fn a_range_is_a_handful_of_terms() {
    assert_eq!(asked("Patient", &[("birthdate", "1984")]), [1]);
    assert_eq!(asked("Patient", &[("birthdate", "1984-05-02")]), [1]);
    assert!(asked("Patient", &[("birthdate", "ge1950-03-15")])[0] <= 80);
    assert!(asked("Encounter", &[("date", "2026-11-23")])[0] <= 50);
    assert!(asked("Observation", &[("value-quantity", "gt5.4")])[0] <= 80);
    let both = asked(
        "Patient",
        &[("birthdate", "ge1950"), ("birthdate", "lt1960")],
    );
    assert!(both.len() == 1 && both[0] <= 20, "{both:?}");
}

#[test]
fn a_resource_has_few_terms() {
    let at = json!({"resourceType": "Observation", "effectiveDateTime": "2024-05-02T10:00:00Z"});
    assert_eq!(terms_of(&at, "date"), 4);
    let encounter = |period: Json| json!({"resourceType": "Encounter", "period": period});
    let long = encounter(json!({"start": "2001-01-31", "end": "2024-05-02"}));
    assert!(terms_of(&long, "date") <= 12);
    assert_eq!(
        terms_of(&encounter(json!({"start": "2024-05-02"})), "date"),
        2
    );
    let quantity = json!({"resourceType": "Observation", "valueQuantity": {"value": 5.4}});
    assert_eq!(terms_of(&quantity, "combo-value-quantity"), 3);
    assert_eq!(terms_of(&quantity, "value-quantity"), 0);
}

#[test]
fn what_few_people_share_is_indexed_and_what_many_share_is_not() {
    let patient = json!({
        "resourceType": "Patient", "gender": "male", "active": true, "deceasedBoolean": true,
        "name": [{"family": "Smith", "prefix": ["Mr"]}],
        "communication": [{"language": {"coding": [{"code": "cy"}]}}],
        "address": [{"country": "Wales", "postalCode": "CF10 1AA"}],
    });
    let all = index_terms(&extract(&resource(&patient)));
    let used: HashSet<&str> = all.iter().map(|term| term.parameter).collect();
    assert_eq!(used, HashSet::from(["", "name", "address"]));
    let holds = |word: &str| all.iter().any(|term| term.bytes.ends_with(word.as_bytes()));
    assert!(holds("smith") && holds("cf10 1aa") && !holds("wales") && !holds("mr"));
    let by_gender = query_terms(&query("Patient", &[("gender", "male")]).unwrap());
    assert_eq!(by_gender, [[of_type("Patient")]]);
    assert!(parameter("Patient", "gender").unwrap().is_supported());
}

#[test]
fn the_index_finds_little_that_does_not_match() {
    let resources: Vec<Resource> = (0..3_000_i64)
        .map(|n| {
            let (year, month) = crate::search::date::year_and_month(7_300 + n * 4);
            let time = format!("{year:04}-{month:02}-{:02}T10:00:00Z", n % 28 + 1);
            resource(
                &json!({"resourceType": "Observation", "effectiveDateTime": time,
                "valueQuantity": {"value": n % 500}}),
            )
        })
        .collect();
    let indexed: Vec<(SearchValues<'_>, HashSet<Term>)> = resources
        .iter()
        .map(extract)
        .map(|values| (index_terms(&values).into_iter().collect(), values))
        .map(|(terms, values)| (values, terms))
        .collect();
    for (key, asked) in [
        ("date", "1995"),
        ("date", "ge2001-05"),
        ("date", "lt1999-12-31"),
        ("date", "1995-06"),
        ("date", "sa2010-01-01T12:00:00Z"),
        ("value-quantity", "gt250"),
        ("value-quantity", "le99"),
        ("value-quantity", "50"),
    ] {
        let query = query("Observation", &[(key, asked)]).unwrap();
        let found = indexed
            .iter()
            .filter(|(_, terms)| finds(terms, &query))
            .count();
        let right = indexed
            .iter()
            .filter(|(values, _)| query.matches(values))
            .count();
        assert!(
            right > 0 && found >= right,
            "{key}={asked}: {right} of {found}"
        );
        assert!(
            found <= right + right / 4 + 60,
            "{key}={asked}: {right} of {found}"
        );
    }
}
