//! Putting resources into a bundle.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value, json};

/// A transaction of `PUT`s, so that loading it twice changes nothing.
pub(crate) struct Bundle(Vec<Value>);

impl Bundle {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a resource that has a type and an id.
    pub(crate) fn put(&mut self, resource: Value) {
        let text = |field: &str| resource[field].as_str().unwrap_or_default();
        let (resource_type, id) = (text("resourceType"), text("id"));
        let (full_url, url) = (format!("urn:uuid:{id}"), format!("{resource_type}/{id}"));
        let mut entry = Map::new();
        entry.insert("fullUrl".into(), full_url.into());
        entry.insert("request".into(), json!({"method": "PUT", "url": url}));
        entry.insert("resource".into(), resource);
        self.0.push(Value::Object(entry));
    }

    pub(crate) fn finish(self) -> Value {
        json!({"resourceType": "Bundle", "type": "transaction", "entry": self.0})
    }
}

/// A moment of a day as a FHIR `dateTime` in UTC.
pub(crate) fn date_time(day: Date, minute_of_day: i32) -> String {
    let hour = i8::try_from(minute_of_day / 60 % 24).unwrap_or(0);
    let minute = i8::try_from(minute_of_day % 60).unwrap_or(0);
    let moment: DateTime = day.at(hour, minute, 0, 0);
    format!("{moment}Z")
}

/// A CodeableConcept of one coding, with what a person would call it.
pub(crate) fn concept(system: &str, code: &str, display: &str, text: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}], "text": text})
}
