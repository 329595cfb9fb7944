//! Every value of a resource is found by a query for that value: by the exact check and the index.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
};

use crate::{
    Limits, Resource,
    search::{
        Parameter, Term, Value, convert::split_reference, extract, index_terms, parse_query,
        query_terms, value::Token,
    },
};

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if matches!(character, ',' | '|' | '$' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn token(token: &Token<'_>) -> Option<String> {
    let code = token.code.filter(|code| !code.trim().is_empty())?;
    Some(match token.system {
        Some(system) => format!("{}|{}", escape(system), escape(code)),
        None => format!("|{}", escape(code)),
    })
}

/// A query for one value; `None` where none can be written, or it is of another kind.
fn query_for(parameter: &Parameter, value: &Value<'_>) -> Option<(String, String)> {
    let name = parameter.name;
    let (key, asked) = match value {
        Value::String { text, .. } => (name.to_owned(), escape(text)),
        Value::Token(one) => (name.to_owned(), token(one)?),
        Value::Identifier(one) => (format!("{name}:identifier"), token(one)?),
        Value::Local { resource_type, id } => (name.to_owned(), format!("{resource_type}/{id}")),
        Value::Url(url) if url.contains(':') && split_reference(url).0.is_none() => {
            (name.to_owned(), escape(url))
        }
        Value::Uri(uri) => (name.to_owned(), escape(uri)),
        _ => return None,
    };
    (!asked.trim().is_empty() && asked.len() <= 1_000).then_some((key, asked))
}

fn check(resource: &Resource, seen: &mut BTreeSet<String>) {
    let values = extract(resource);
    let terms: HashSet<Term> = index_terms(&values).into_iter().collect();
    for one in &values {
        seen.insert(format!("{:?}", one.parameter));
        let Some(pair) = query_for(one.parameter, &one.value) else {
            continue;
        };
        // A code of a system that is not that of its element, or an id that is none.
        let Ok(query) = parse_query(values.resource_type, std::slice::from_ref(&pair)) else {
            continue;
        };
        assert!(query.matches(&values), "{pair:?} of {}", resource.json());
        let found = query_terms(&query)
            .iter()
            .all(|group| group.iter().any(|t| terms.contains(t)));
        assert!(found, "{pair:?} of {}", resource.json());
    }
}

#[test]
fn a_resource_is_found_by_each_of_its_values() {
    let mut seen = BTreeSet::new();
    for text in [
        r#"{"resourceType":"Patient","id":"a","name":[{"family":"O'Brien, Jr","given":["Ann|e"]}],
        "identifier":[{"system":"s|t","value":"1,2"}],"gender":"female","active":false,
        "generalPractitioner":[{"reference":"Organization/1"},{"identifier":{"value":"x\\y"}}]}"#,
        r#"{"resourceType":"ActivityDefinition","url":"http://a/b,c","library":["http://l|1"],
        "useContext":[{"code":{"system":"s","code":"c"},"valueCodeableConcept":{"text":"t"}}]}"#,
    ] {
        check(
            &Resource::parse(text.as_bytes(), &Limits::RESOURCE).unwrap(),
            &mut seen,
        );
    }
    assert!(seen.len() > 12, "{seen:?}");
}

#[test]
#[ignore = "needs the npm package hl7.fhir.r4.examples 4.0.1 in web/node_modules"]
fn every_published_example_is_found_by_each_of_its_values() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../web/node_modules/hl7.fhir.r4.examples"
    );
    let limits = Limits {
        bytes: 100_000_000,
        ..Limits::BODY
    };
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
            && let Ok(resource) = Resource::parse(&fs::read(path).unwrap(), &limits)
        {
            check(&resource, &mut seen);
        }
    }
    assert!(
        seen.len() > 1_400,
        "parameters with a value in some example: {}",
        seen.len()
    );
}
