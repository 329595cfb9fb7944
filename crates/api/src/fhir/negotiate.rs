//! Media types and preferences: what the caller sends, takes and wants back.

use ward_http::{HttpError, Kind, Request, header};

/// The version of FHIR that a caller may name in a media type (R4 3.1.0.1.11).
const FHIR_VERSION: &str = "4.0";

/// Refuses a caller who does not take JSON (R4 3.1.0.1.11): `_format` where it stands, else
/// `Accept`.
pub(crate) fn check_accept(request: &Request, query: &[(String, String)]) -> Result<(), HttpError> {
    let mut formats = query
        .iter()
        .filter(|(name, _)| name == "_format")
        .peekable();
    let is_taken = if formats.peek().is_some() {
        // A `+` in a URL is a blank: `application/fhir+json` is often sent as it stands.
        formats.all(|(_, format)| is_json(&format.replace(' ', "+")))
    } else {
        request.header(&header::ACCEPT)?.is_none_or(|accept| {
            accept
                .split(',')
                .any(|range| is_json(range) || is_any(range))
        })
    };
    if is_taken {
        return Ok(());
    }
    let text = "Only application/fhir+json is given here, of FHIR 4.0.";
    Err(HttpError::new(Kind::NotAcceptable, "json-only", text))
}

/// Refuses a body that is not JSON.
pub(crate) fn check_content_type(request: &Request) -> Result<(), HttpError> {
    let named = request.header(&header::CONTENT_TYPE)?.unwrap_or_default();
    let is_utf8 = parameter(named, "charset").is_none_or(|set| set.eq_ignore_ascii_case("utf-8"));
    if is_json(named) && named.contains('/') && is_utf8 {
        return Ok(());
    }
    let text = "Send application/fhir+json in UTF-8, of FHIR 4.0.";
    Err(HttpError::new(
        Kind::UnsupportedMediaType,
        "json-only",
        text,
    ))
}

fn is_json(range: &str) -> bool {
    let name = range.split(';').next().unwrap_or_default().trim();
    let names = [
        "application/fhir+json",
        "application/json",
        "text/json",
        "json",
    ];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
        && is_wanted(range)
        && parameter(range, "fhirversion").is_none_or(|version| version == FHIR_VERSION)
}

fn is_any(range: &str) -> bool {
    let name = range.split(';').next().unwrap_or_default().trim();
    matches!(name, "*/*" | "application/*") && is_wanted(range)
}

/// Whether the weight is not zero (RFC 9110 12.4.2).
fn is_wanted(range: &str) -> bool {
    parameter(range, "q").is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0))
}

fn parameter<'a>(range: &'a str, name: &str) -> Option<&'a str> {
    let parameters = range
        .split(';')
        .skip(1)
        .filter_map(|part| part.split_once('='));
    let mut named = parameters.filter(|(known, _)| known.trim().eq_ignore_ascii_case(name));
    named
        .next()
        .map(|(_, value)| value.trim().trim_matches('"'))
}

/// What a writer wants back (R4 3.1.0.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    /// Nothing but the headers.
    Minimal,
    /// The resource as it is stored: what is given where nothing is asked for.
    Representation,
    /// What Ward thinks of the resource.
    OperationOutcome,
}

/// Reads `Prefer`; what is not known of it is ignored (RFC 7240 2).
pub(crate) fn preferred_return(request: &Request) -> Result<Return, HttpError> {
    let prefer = request
        .header(&header::HeaderName::from_static("prefer"))?
        .unwrap_or_default();
    let wanted = prefer
        .split([',', ';'])
        .filter_map(|part| part.split_once('='));
    let mut wanted = wanted.filter(|(name, _)| name.trim().eq_ignore_ascii_case("return"));
    Ok(match wanted.next().map(|(_, value)| value.trim()) {
        Some("minimal") => Return::Minimal,
        Some("OperationOutcome") => Return::OperationOutcome,
        _ => Return::Representation,
    })
}

/// Refuses parameters where only those about the format have a meaning: ignoring one could give
/// more than was asked for.
pub(crate) fn check_no_parameters(query: &[(String, String)]) -> Result<(), HttpError> {
    if query
        .iter()
        .all(|(name, _)| matches!(name.as_str(), "_format" | "_pretty"))
    {
        return Ok(());
    }
    let text = "This takes no parameters but _format.";
    Err(HttpError::bad_request("unknown-parameter", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_several_names() {
        for good in [
            "application/fhir+json",
            "application/json; charset=utf-8",
            "Application/FHIR+JSON; fhirVersion=4.0",
            "json",
            "text/json;q=0.1",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "application/fhir+xml",
            "xml",
            "",
            "application/fhir+json; fhirVersion=5.0",
            "application/json;q=0",
            "application/json;q=0.000",
            "application/json;q=x",
            "application/x-ndjson",
            "*/*",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
        assert!(is_any("*/*") && is_any("application/*; q=0.5") && !is_any("*/*;q=0"));
    }
}
