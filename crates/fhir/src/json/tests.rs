use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Document, Fault, Limits, Node, parse};
use crate::Resource;

const SMALL: Limits = Limits {
    bytes: 1000,
    depth: 4,
    values: 20,
};

/// The compact text, or the error.
fn check(source: impl AsRef<[u8]>, expected: &Expect) {
    let text = match parse(source.as_ref(), &SMALL) {
        Ok(document) => document.text().to_owned(),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&text);
}

#[test]
fn a_document_is_written_compactly_in_its_own_order() {
    check(
        " { \"b\" : [ 1.50 , -0 , 1E+2 , 10000000000000000000.000 ] ,\r\n\t\"a\" : { } , \"c\" : [ ] } ",
        &expect![[r#"{"b":[1.50,-0,1E+2,10000000000000000000.000],"a":{},"c":[]}"#]],
    );
    check("true", &expect!["true"]);
    check(
        r#"["\u0041\/\u00e9\ud83d\ude00\"\\\b\f\n\r\t\u001f"]"#,
        &expect![[r#"["A/é😀\"\\\u0008\u000c\n\r\t\u001f"]"#]],
    );
}

#[test]
fn an_error_tells_the_place_and_nothing_of_the_text() {
    check(
        "{\n  \"a\": \"é\", \"b\": tru }",
        &expect!["line 2, column 18: expected a value"],
    );
    check("", &expect!["line 1, column 1: the text ends too early"]);
    check(
        "{\"a\":1",
        &expect!["line 1, column 7: the text ends too early"],
    );
    check("{\"a\" 1}", &expect!["line 1, column 6: expected a colon"]);
    check(
        "{\"a\":1,}",
        &expect!["line 1, column 8: expected a member's name in quotes"],
    );
    check("[1,]", &expect!["line 1, column 4: expected a value"]);
    check(
        "[1 2]",
        &expect!["line 1, column 4: expected a comma or the end of the array"],
    );
    check(
        "{\"a\":1 \"b\":2}",
        &expect!["line 1, column 8: expected a comma or the end of the object"],
    );
    check(
        "{a:1}",
        &expect!["line 1, column 2: expected a member's name in quotes"],
    );
    check("['a']", &expect!["line 1, column 2: expected a value"]);
    check("NaN", &expect!["line 1, column 1: expected a value"]);
    check(
        "1 /* */",
        &expect!["line 1, column 3: more text after the resource"],
    );
    check(
        "{} {}",
        &expect!["line 1, column 4: more text after the resource"],
    );
}

#[test]
fn numbers_are_those_of_json() {
    for number in [
        "01", "+1", "1.", ".5", "1e", "0x1", "-", "1.2.3", "--1", "1_000", "Infinity", "00",
    ] {
        assert!(parse(number.as_bytes(), &SMALL).is_err(), "{number}");
    }
    check(
        "9".repeat(101),
        &expect!["line 1, column 1: a number of more than 100 characters"],
    );
}

#[test]
fn strings_are_those_of_json_without_nul() {
    check(b"[\"\xff\"]", &expect!["line 1, column 3: not UTF-8"]);
    check(
        b"[\"\xed\xa0\x80\"]",
        &expect!["line 1, column 3: not UTF-8"],
    );
    check(
        "\u{feff}{}",
        &expect!["line 1, column 1: a byte order mark is not allowed in JSON"],
    );
    check(
        "[\"a\tb\"]",
        &expect!["line 1, column 4: a control character must be escaped"],
    );
    check(
        "[\"a\0b\"]",
        &expect!["line 1, column 4: the character U+0000 is not allowed"],
    );
    check(
        r#"["\u0000"]"#,
        &expect!["line 1, column 3: the character U+0000 is not allowed"],
    );
    check(
        r#"["\ud800"]"#,
        &expect!["line 1, column 3: half of a surrogate pair"],
    );
    check(
        r#"["\ud800\u0041"]"#,
        &expect!["line 1, column 3: half of a surrogate pair"],
    );
    check(
        r#"["\udc00"]"#,
        &expect!["line 1, column 3: half of a surrogate pair"],
    );
    check(
        r#"["\x"]"#,
        &expect!["line 1, column 3: not an escape of JSON"],
    );
    check(
        r#"["\u12"]"#,
        &expect!["line 1, column 3: not an escape of JSON"],
    );
    check(
        r#"["\u+123"]"#,
        &expect!["line 1, column 3: not an escape of JSON"],
    );
    check(
        r#"["a"#,
        &expect!["line 1, column 4: the text ends too early"],
    );
}

#[test]
fn a_name_stands_once_however_many_there_are() {
    check(
        r#"{"a":1,"a":2}"#,
        &expect!["line 1, column 8: a member's name stands twice in one object"],
    );
    check(
        r#"{"a":{"b":1},"b":[{"a":1},{"a":1}]}"#,
        &expect![[r#"{"a":{"b":1},"b":[{"a":1},{"a":1}]}"#]],
    );
    check(
        r#"{"\u0061":1}"#,
        &expect!["line 1, column 3: a member's name with a character that no FHIR name has"],
    );
    for count in [23, 24, 25, 26, 1000] {
        let names = |from: usize| {
            (from..count)
                .map(|name| format!("\"n{name}\":0"))
                .collect::<Vec<_>>()
        };
        let object = |names: &[String]| format!("{{{}}}", names.join(","));
        let limits = Limits {
            bytes: 100_000,
            depth: 4,
            values: 5000,
        };
        assert!(parse(object(&names(0)).as_bytes(), &limits).is_ok());
        for twice in [0, count / 2, count - 1] {
            let mut names = names(0);
            names.push(format!("\"n{twice}\":1"));
            let fault = parse(object(&names).as_bytes(), &limits)
                .err()
                .map(|error| error.fault);
            assert_eq!(fault, Some(Fault::DuplicateName), "{twice} of {count}");
        }
    }
}

#[test]
fn limits_hold() {
    check("[[[[1]]]]", &expect!["[[[[1]]]]"]);
    check(
        "[[[[[1]]]]]",
        &expect!["line 1, column 5: nested deeper than this server accepts"],
    );
    check(
        r#"{"a":[{"b":[{}]}]}"#,
        &expect!["line 1, column 13: nested deeper than this server accepts"],
    );
    check(
        "[".repeat(999),
        &expect!["line 1, column 5: nested deeper than this server accepts"],
    );
    check(
        [b' '; 1001],
        &expect!["line 1, column 1: the text is longer than this server accepts"],
    );
    check(
        format!("[{}]", ["0"; 20].join(",")),
        &expect!["line 1, column 40: more values than this server accepts"],
    );
}

#[test]
fn values_are_found_by_name_and_path() {
    let source = br#"{"resourceType":"Patient","name":[{"given":["A","\"B\""]},{"given":["C"],
        "family":"D"}],"active":false,"n":1.0,"x":null}"#;
    let resource = Resource::parse(source, &Limits::RESOURCE).unwrap();
    let root = resource.root();
    let given: Vec<_> = root
        .all("name.given")
        .iter()
        .filter_map(|node| node.as_str())
        .collect();
    assert_eq!(given, ["A", "\"B\"", "C"]);
    assert_eq!(root.text("name.family"), Some("D"));
    assert_eq!(root.text("name.none"), None);
    assert_eq!(root.get("active").and_then(Node::as_bool), Some(false));
    assert_eq!(root.get("n").and_then(Node::as_number), Some("1.0"));
    assert!(root.get("x").is_some_and(Node::is_null));
    assert_eq!(root.entries().count(), 5);
    assert_eq!(root.get("name").map(|node| node.items().count()), Some(2));
}

#[test]
fn a_part_stands_by_itself_as_it_was() {
    let source =
        br#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a",
        "name":[{"family":"\"q\"","given":["x"]}],"active":true}},{"resource":{"id":"b"}}]}"#;
    let bundle = Resource::parse(source, &Limits::BODY).unwrap();
    let entries = bundle.root().all("entry.resource");
    let patient = Resource::of_node(entries[0]).unwrap();
    assert_eq!(patient.json(), entries[0].json());
    assert_eq!(patient.root().text("name.family"), Some("\"q\""));
    assert_eq!(patient.root().text("name.given"), Some("x"));
    assert!(Resource::of_node(entries[1]).is_none());
}

#[test]
fn meta_is_set_and_all_else_stays() {
    let source = br#"{"text":{"div":"\"d\""},"resourceType":"Patient","meta":{"profile":["p"],
        "versionId":"9","_lastUpdated":{"id":"x"}},"id":"old","name":[{"family":"f"}]}"#;
    let resource = Resource::parse(source, &Limits::RESOURCE).unwrap();
    let time = ward_core::Timestamp::from_seconds(1_659_596_400);
    let stored = resource.with_meta("new", 2, time);
    expect![[r#"{"resourceType":"Patient","id":"new","meta":{"versionId":"2","lastUpdated":"2022-08-04T07:00:00.000Z","profile":["p"]},"text":{"div":"\"d\""},"name":[{"family":"f"}]}"#]]
    .assert_eq(stored.json());
    assert_eq!(stored.id(), Some("new"));
    assert_eq!(stored.root().text("text.div"), Some("\"d\""));
    assert_eq!(stored.with_meta("new", 2, time).json(), stored.json());
    assert_eq!(format!("{stored:?}"), "Resource(Patient)");
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(|number| serde_json::Value::from(f64::from(number) / 16.0)),
        "[^\0]{0,8}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[a-z_]{1,4}", inner, 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn is_same(document: &Document, value: &serde_json::Value) -> bool {
    serde_json::from_str::<serde_json::Value>(document.text())
        .ok()
        .as_ref()
        == Some(value)
        && is_indexed(document.root(), value)
}

/// Whether the index says the same as the text.
fn is_indexed(node: Node<'_>, value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null => node.is_null(),
        Value::Bool(value) => node.as_bool() == Some(*value),
        Value::Number(_) => node.as_number().is_some(),
        Value::String(value) => node.as_str() == Some(value),
        Value::Array(values) => {
            node.items().count() == values.len()
                && node
                    .items()
                    .zip(values)
                    .all(|(item, value)| is_indexed(item, value))
        }
        Value::Object(members) => {
            node.entries().count() == members.len()
                && node.entries().all(|(name, child)| {
                    members
                        .get(name)
                        .is_some_and(|value| is_indexed(child, value))
                })
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Resource::parse(&bytes, &Limits::RESOURCE);
    }

    #[test]
    fn any_json_is_read_as_it_is(value in any_json()) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let document = parse(pretty.as_bytes(), &Limits::RESOURCE).unwrap();
        prop_assert!(is_same(&document, &value));
        let again = parse(document.text().as_bytes(), &Limits::RESOURCE).unwrap();
        prop_assert_eq!(again.text(), document.text());
    }

    /// Another parser is the judge: what we accept it accepts and reads alike; what only we refuse,
    /// we refuse for a reason of ours.
    #[test]
    fn damaged_json_is_judged_as_others_judge_it(
        value in any_json(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = serde_json::to_vec(&value).unwrap();
        for (place, byte) in edits {
            let index = place.index(bytes.len());
            bytes[index] = if byte < 128 { byte } else { br#""\{}[]:,.-0ue"#[usize::from(byte) % 13] };
        }
        let theirs = serde_json::from_slice::<serde_json::Value>(&bytes);
        match parse(&bytes, &Limits::RESOURCE) {
            Ok(document) => match theirs {
                Ok(value) => prop_assert!(is_same(&document, &value)),
                Err(error) => prop_assert!(error.to_string().contains("number out of range")),
            },
            Err(error) => {
                let is_ours = matches!(
                    error.fault,
                    Fault::DuplicateName | Fault::InvalidName | Fault::NulCharacter | Fault::LongNumber
                );
                prop_assert!(theirs.is_err() || is_ours, "{}", error);
            }
        }
    }
}
