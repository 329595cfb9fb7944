//! Resources with values of every kind, and questions that sometimes find them.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A resource, its type, and a parameter with a value.
pub(super) type Case = (Json, &'static str, &'static str, String);

const PREFIXES: &str = "(eq|ne|gt|lt|ge|le|sa|eb|ap)?";

pub(super) fn case() -> impl Strategy<Value = Case> {
    prop_oneof![
        by_date(),
        by_number(),
        by_string(),
        by_code(),
        by_person(),
        by_reference(),
        by_uri()
    ]
}

/// Dates far apart, and some so near that clocks of other zones put them in another order.
pub(super) fn date() -> impl Strategy<Value = String> {
    prop_oneof![far(), near()]
}

fn near() -> impl Strategy<Value = String> {
    let zone = "(Z|\\+01:00|-05:00|\\+14:00|-12:00)";
    (1..=4, 0..24, zone, 0..4).prop_map(|(day, hour, zone, precision)| match precision {
        0 => format!("2000-01-{day:02}"),
        _ => format!("2000-01-{day:02}T{hour:02}:30:00{zone}"),
    })
}

fn far() -> impl Strategy<Value = String> {
    let year = prop_oneof![3 => 1998..2003_i32, 1 => Just(1), 1 => Just(9999), 1 => 1780..2230_i32];
    let zone = "(Z|\\+01:00|-05:00|\\+14:00|-12:00)";
    let hour = prop_oneof![Just(0), Just(10), Just(23)];
    let day = prop_oneof![Just(1), Just(2), Just(28), 1..=28];
    let month = prop_oneof![Just(1), Just(2), Just(12), 1..=12];
    (year, month, day, hour, zone, 0..5).prop_map(|(year, month, day, hour, zone, precision)| {
        let date = format!("{year:04}-{month:02}-{day:02}");
        match precision {
            0 => format!("{year:04}"),
            1 => format!("{year:04}-{month:02}"),
            2 => date,
            3 => format!("{date}T{hour:02}:30:00{zone}"),
            _ => format!("{date}T{hour:02}:30:15.250{zone}"),
        }
    })
}

pub(super) fn period() -> impl Strategy<Value = Json> {
    (proptest::option::of(date()), proptest::option::of(date())).prop_map(|(start, end)| {
        let mut period = json!({});
        for (name, bound) in [("start", start), ("end", end)] {
            if let Some(bound) = bound {
                period[name] = bound.into();
            }
        }
        period
    })
}

fn by_date() -> impl Strategy<Value = Case> {
    let asked =
        (PREFIXES, date(), PREFIXES, date(), any::<bool>()).prop_map(|(p, d, q, e, two)| {
            if two {
                format!("{p}{d},{q}{e}")
            } else {
                format!("{p}{d}")
            }
        });
    (date(), date(), period(), 0..3, asked).prop_map(|(one, two, period, which, asked)| match which
    {
        0 => {
            let json = json!({"resourceType": "Observation", "effectiveDateTime": one});
            (json, "Observation", "date", asked)
        }
        1 => (
            json!({"resourceType": "Encounter", "period": period}),
            "Encounter",
            "date",
            asked,
        ),
        _ => {
            let timing = json!({"event": [one, two]});
            let json = json!({"resourceType": "ServiceRequest", "occurrenceTiming": timing});
            (json, "ServiceRequest", "occurrence", asked)
        }
    })
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[1-9][0-9]{0,2}",
        "-?(0|[1-9])\\.[0-9]{1,3}",
        "-?[1-9](\\.[0-9])?e-?[0-9]",
        "(0|0\\.000000001|123456789012)",
    ]
}

fn quantity() -> impl Strategy<Value = Json> {
    (number(), proptest::option::of("(<|>=)")).prop_map(|(number, comparator)| {
        let text = format!(r#"{{"value":{number},"code":"mg","system":"u"}}"#);
        let mut quantity: Json = serde_json::from_str(&text).unwrap();
        if let Some(comparator) = comparator {
            quantity["comparator"] = comparator.into();
        }
        quantity
    })
}

fn by_number() -> impl Strategy<Value = Case> {
    let asked = (PREFIXES, number()).prop_map(|(prefix, number)| format!("{prefix}{number}"));
    let unit = "(\\|u\\|mg|\\|\\|mg)?";
    (quantity(), quantity(), 0..3, asked, unit).prop_map(|(low, high, which, asked, unit)| {
        if which == 0 {
            let json = json!({"resourceType": "Observation", "valueQuantity": low});
            return (json, "Observation", "value-quantity", asked + &unit);
        }
        let prediction = match which {
            1 => json!({"probabilityRange": {"low": low, "high": high}}),
            _ => json!({"probabilityDecimal": low["value"]}),
        };
        let json = json!({"resourceType": "RiskAssessment", "prediction": [prediction]});
        (json, "RiskAssessment", "probability", asked)
    })
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-zé'\\- ]{1,8}",
        "(Smith|Jones|O'Brien|Müller|de la Cruz|Ng|Ł)( |-)?(Ann)?",
    ]
}

fn by_string() -> impl Strategy<Value = Case> {
    let key = proptest::sample::select(vec![
        "name",
        "family",
        "given",
        "phonetic",
        "name:exact",
        "family:contains",
        "address",
        "address-city",
        "address-country",
    ]);
    (word(), word(), word(), word(), key, 1..9_usize, 0..4_usize).prop_map(
        |(family, given, city, other, key, length, from)| {
            let json = json!({
                "resourceType": "Patient",
                "name": [
                    {"family": family, "given": [given, city], "prefix": ["Mrs"]},
                    {"text": other},
                ],
                "address": [{"line": [other], "city": city, "country": family}],
            });
            // The start of some word of a name, or of anything.
            let text = if from < 3 {
                format!("{family} {given}")
            } else {
                other
            };
            let words = text
                .split(' ')
                .skip(from.min(2))
                .collect::<Vec<_>>()
                .join(" ");
            let asked = words.chars().take(length).collect();
            (json, "Patient", key, asked)
        },
    )
}

const CODE: &str = "[aAbB]{1,2}";
const TOKEN: &str = "([aAbB]{1,2}|\\|[aAbB]{1,2}|[st]\\|[aAbB]{1,2}|[st]\\|)";

fn by_code() -> impl Strategy<Value = Case> {
    let key = proptest::sample::select(vec!["code", "code:not", "code:text", "combo-code"]);
    (CODE, CODE, "[st]", TOKEN, key).prop_map(|(one, two, system, asked, key)| {
        let coding = json!([{"system": system, "code": one}, {"code": two}]);
        let json = json!({"resourceType": "Observation", "code": {"coding": coding, "text": one}});
        (json, "Observation", key, asked)
    })
}

fn by_person() -> impl Strategy<Value = Case> {
    let key = proptest::sample::select(vec![
        "identifier",
        "email",
        "phone",
        "telecom",
        "gender",
        "deceased",
        "active",
        "_id",
        "gender:missing",
    ]);
    (
        CODE,
        "[st]",
        TOKEN,
        key,
        "(true|false|male|female)",
        any::<bool>(),
    )
        .prop_map(|(code, system, asked, key, word, own)| {
            let yes = word == "true";
            let json = json!({
                "resourceType": "Patient", "id": code, "active": yes, "gender": word,
                "deceasedBoolean": yes,
                "identifier": [{"system": system, "value": code}],
                "telecom": [{"system": "email", "value": code}, {"system": "phone", "value": code}],
            });
            (json, "Patient", key, if own { word } else { asked })
        })
}

fn by_reference() -> impl Strategy<Value = Case> {
    let text = "((http://other/fhir/)?(Patient|Group)/[12](/_history/[12])?|urn:uuid:[12]|#[12])";
    let asked = "([12]|(http://other/fhir/)?(Patient|Group)/[12]|urn:uuid:[12])";
    let key = proptest::sample::select(vec![
        "subject",
        "patient",
        "subject:Patient",
        "subject:identifier",
        "subject:missing",
    ]);
    let reference = (text, asked, key, "[12]").prop_map(|(text, asked, key, value)| {
        let reference = json!({"reference": text, "identifier": {"system": "s", "value": value}});
        (
            json!({"resourceType": "Observation", "subject": reference}),
            "Observation",
            key,
            asked,
        )
    });
    let canonical = (url(), url()).prop_map(|(url, asked)| {
        let json = json!({"resourceType": "ActivityDefinition", "library": [url]});
        (json, "ActivityDefinition", "depends-on", asked)
    });
    prop_oneof![reference, canonical]
}

fn url() -> impl Strategy<Value = String> {
    "http://(a|b)(/(x|y))?(/z)?/?(\\|1)?"
}

fn by_uri() -> impl Strategy<Value = Case> {
    let key = proptest::sample::select(vec!["url", "url:above", "url:below"]);
    (url(), url(), key).prop_map(|(url, asked, key)| {
        (
            json!({"resourceType": "ValueSet", "url": url}),
            "ValueSet",
            key,
            asked,
        )
    })
}
