//! Reading what a server answered. What is not there is nothing, as what is empty.

use serde_json::Value;

/// A member of an object.
pub(crate) fn field<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// A member that is a text.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    field(answer, name).as_str().unwrap_or_default()
}

/// A member that is a list.
pub(crate) fn list<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    field(answer, name).as_array().map_or(&[], Vec::as_slice)
}
