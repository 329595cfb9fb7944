//! What the fuzz target `search_query` runs, and a property test too: any text as a query.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{Term, extract, index_terms, parse_query, query_terms, terms::GROUP};
use crate::{Limits, Resource};

/// Resources that some queries find.
const TEXTS: [&str; 4] = [
    r#"{"resourceType":"Patient","id":"a","active":true,"gender":"male","birthDate":"1984-05",
    "name":[{"family":"O'Brien","given":["Ann"]}],"telecom":[{"system":"phone","value":"1"}],
    "identifier":[{"system":"s","value":"1"}],"generalPractitioner":[{"reference":"Organization/1"}]}"#,
    r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"s","code":"c"}]},
    "subject":{"reference":"Patient/a"},"effectivePeriod":{"start":"2024-03-10T09:00:00+01:00"},
    "valueQuantity":{"value":-1.50e2,"system":"u","code":"mg"}}"#,
    r#"{"resourceType":"RiskAssessment","occurrenceDateTime":"9999-12-31T23:59:60-14:00",
    "prediction":[{"probabilityDecimal":0.1},{"probabilityRange":{"low":{"value":0}}}]}"#,
    r#"{"resourceType":"ValueSet","url":"http://a/b/c","version":"1","date":"2024"}"#,
];
static RESOURCES: LazyLock<Vec<Resource>> = LazyLock::new(|| {
    TEXTS
        .iter()
        .filter_map(|t| Resource::parse(t.as_bytes(), &Limits::RESOURCE).ok())
        .collect()
});

/// Reads lines `name=value` as a search of each of a few types, and asks it.
///
/// # Panics
/// Where something is wrong: an index would miss what matches, an issue tells a value, or the
/// query asks the index for more than it should.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.to_owned(), value.to_owned())
    };
    let pairs: Vec<(String, String)> = text.lines().map(pair).collect();
    for resource in RESOURCES.iter() {
        ask(resource, &pairs);
    }
}

fn ask(resource: &Resource, pairs: &[(String, String)]) {
    let values = extract(resource);
    let query = match parse_query(values.resource_type, pairs) {
        Ok(query) => query,
        Err(issues) => {
            let long = pairs
                .iter()
                .map(|(_, value)| value)
                .filter(|value| value.len() > 40);
            for value in long {
                assert!(
                    issues
                        .iter()
                        .all(|issue| !issue.diagnostics.contains(value.as_str()))
                );
            }
            return;
        }
    };
    let groups = query_terms(&query);
    assert!(!groups.is_empty() && groups.iter().all(|group| group.len() <= GROUP));
    let has: BTreeSet<Term> = index_terms(&values).into_iter().collect();
    let found = groups
        .iter()
        .all(|group| group.iter().any(|term| has.contains(term)));
    assert!(found || !query.matches(&values));
    query.include_targets(&values);
    assert!(query.sort_key(&values) == query.sort_key(&values));
    query.patients();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_resources_are_resources() {
        assert_eq!(RESOURCES.len(), TEXTS.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_query_breaks_anything(
            lines in proptest::collection::vec((
                "(name|birthdate|identifier|gender|subject|patient|value-quantity|url|_sort|date\
                  |_include|_count|_id|probability|code|.{0,6})\
                  (:(exact|missing|not|below|above|text|Patient|identifier|.{0,4}))?",
                "(ge|lt|sa|ap|ne)?[0-9TZ:+,|\\\\./e-]{0,20}|(Patient/)?[ac1]|http://a(/b){0,2}|.{0,60}",
            ), 0..4),
        ) {
            let lines: Vec<_> = lines.iter().map(|(name, value)| format!("{name}={value}")).collect();
            query(lines.join("\n").as_bytes());
        }
    }
}
