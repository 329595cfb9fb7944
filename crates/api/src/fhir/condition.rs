//! Conditions on versions: `If-Match`, `If-None-Match`, `If-Modified-Since`, and what they are
//! compared with.

use std::time::{Duration, SystemTime};

use ward_core::Timestamp;
use ward_http::{HttpError, Request, Response, header, header::HeaderValue};

/// The version that `If-Match` asks for (R4 3.1.0.5: a weak ETag of one version).
pub(crate) fn if_match(request: &Request) -> Result<Option<u64>, HttpError> {
    let Some(sent) = request.header(&header::IF_MATCH)? else {
        return Ok(None);
    };
    let text = r#"If-Match takes one version, such as W/"3"."#;
    version(sent.trim())
        .map(Some)
        .ok_or_else(|| HttpError::bad_request("bad-etag", text))
}

/// Whether the caller has this version already (R4 3.1.0.1.3).
pub(crate) fn is_held(
    request: &Request,
    current: u64,
    last_updated: Timestamp,
) -> Result<bool, HttpError> {
    if let Some(sent) = request.header(&header::IF_NONE_MATCH)? {
        let mut tags = sent.split(',').map(str::trim);
        return Ok(tags.any(|tag| tag == "*" || version(tag) == Some(current)));
    }
    let since = request.header(&header::IF_MODIFIED_SINCE)?;
    // A date that can't be read is ignored (RFC 9110 13.1.3).
    let since = since.and_then(|since| httpdate::parse_http_date(since).ok());
    Ok(since.is_some_and(|since| whole_seconds(last_updated) <= since))
}

fn version(tag: &str) -> Option<u64> {
    let number = tag
        .strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')?
        .strip_suffix('"')?;
    let is_plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| number.parse().ok()).flatten()
}

/// The `ETag` of a version.
pub(crate) fn etag(version: u64) -> String {
    format!("W/\"{version}\"")
}

/// Adds `ETag` and `Last-Modified`.
pub(crate) fn with_version(response: Response, version: u64, last_updated: Timestamp) -> Response {
    let date = httpdate::fmt_http_date(whole_seconds(last_updated));
    let mut response = response;
    for (name, text) in [(header::ETAG, etag(version)), (header::LAST_MODIFIED, date)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response = response.with_header(name, value);
        }
    }
    response
}

fn whole_seconds(time: Timestamp) -> SystemTime {
    let seconds = u64::try_from(time.as_seconds()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_number_in_quotes() {
        for (tag, expected) in [
            (r#"W/"3""#, Some(3)),
            (r#""3""#, Some(3)),
            ("3", None),
            ("W/3", None),
            (r#"W/"""#, None),
            (r#"W/"+3""#, None),
            (r#"W/"3", W/"4""#, None),
            (r#"W/"99999999999999999999999""#, None),
            ("*", None),
        ] {
            assert_eq!(version(tag), expected, "{tag}");
        }
    }
}
