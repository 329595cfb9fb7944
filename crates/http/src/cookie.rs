//! Cookies. Ward's begin with `__Host-`: a browser takes such a one only from this very host, over
//! TLS, for the whole of it, so that no neighbour can plant one (RFC 6265bis 4.1.3.2).

use std::time::Duration;

use hyper::{
    HeaderMap,
    header::{self, HeaderValue},
};
use ward_core::Secret;

/// The cookie of a session.
pub const SESSION: &str = "__Host-ward";
/// Binds the way back from an OpenID provider to the browser that left for it.
pub const LEFT: &str = "__Host-ward-left";
/// The name of what an app asks, kept while its person signs in.
pub const ASKING: &str = "__Host-ward-asking";

/// The value of a cookie, if it was sent exactly once: two of a name are a trick, and none is taken.
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim_start_matches(' ').split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}

/// A cookie that scripts can't read and that no other site's request carries.
///
/// The name must begin with `__Host-`; without `max_age` it ends with the browser. A value that
/// can't stand in a header becomes empty.
pub fn set(name: &str, value: &Secret<String>, max_age: Option<Duration>) -> HeaderValue {
    debug_assert!(name.starts_with("__Host-"), "{name}");
    let age = max_age
        .map(|age| format!("; Max-Age={}", age.as_secs()))
        .unwrap_or_default();
    let text = |value| format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{age}");
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
    let value = value.expose();
    let value = if value.bytes().all(is_plain) {
        value
    } else {
        ""
    };
    let mut cookie =
        HeaderValue::from_str(&text(value)).unwrap_or_else(|_| HeaderValue::from_static(""));
    cookie.set_sensitive(true);
    cookie
}

/// Ends a cookie.
pub fn clear(name: &str) -> HeaderValue {
    set(name, &Secret::new(String::new()), Some(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| (header::COOKIE, HeaderValue::from_static(line)))
            .collect()
    }

    #[test]
    fn a_cookie_is_taken_once_or_not_at_all() {
        for (lines, expected) in [
            (&["__Host-ward=abc"][..], Some("abc")),
            (&["a=1; __Host-ward=abc; b=2"], Some("abc")),
            (&["a=1", "__Host-ward=abc"], Some("abc")),
            (&["__Host-ward=abc; __Host-ward=def"], None),
            (&["__Host-ward=abc", "__Host-ward=abc"], None),
            (&["__host-ward=abc"], None),
            (&["x__Host-ward=abc"], None),
            (&["__Host-ward"], None),
            (&[], None),
        ] {
            assert_eq!(find(&sent(lines), SESSION), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_cookie_is_locked_to_this_host_and_hidden_from_scripts() {
        let secret = |value: &str| Secret::new(value.to_owned());
        assert_eq!(
            set(SESSION, &secret("abc"), None),
            "__Host-ward=abc; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert_eq!(
            clear(SESSION),
            "__Host-ward=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
        );
        assert!(
            set(SESSION, &secret("a;b"), None)
                .to_str()
                .unwrap()
                .starts_with("__Host-ward=;")
        );
    }
}
