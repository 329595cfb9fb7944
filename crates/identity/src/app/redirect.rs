//! Where answers to apps go: to registered places, and nowhere else (RFC 9700 2.1).

use ward_core::limits;
use webauthn_rs::prelude::Url;

use crate::Error;

/// A redirect URI as it was registered: https, or http to the person's own machine.
///
/// It is compared letter by letter. One of a loopback host that names no port stands for each port
/// (RFC 8252 7.3): a native app takes one that is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedirectUri(Box<str>);

const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://localhost"];

impl RedirectUri {
    /// Reads one, in the one spelling that a browser gives it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = Error::NotPossible(
            "a redirect URI is https, or http to 127.0.0.1 or localhost, without user or fragment",
        );
        let is_long = text.len() > limits::APP_URI_BYTES;
        let Some(url) = Url::parse(text).ok().filter(|_| !is_long) else {
            return Err(wrong);
        };
        let is_plain = url.as_str() == text
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.host_str().is_some_and(|host| !host.contains('*'));
        let is_own = url.scheme() == "http" && loopback(text).is_some();
        if is_plain && (url.scheme() == "https" || is_own) {
            Ok(Self(text.into()))
        } else {
            Err(wrong)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an app that registered this one may be answered there.
    pub(crate) fn allows(&self, asked: &str) -> bool {
        if asked == &*self.0 {
            return true;
        }
        match (loopback(&self.0), loopback(asked)) {
            (Some((host, None, path)), Some((asked_host, Some(_), asked_path))) => {
                // Read again by the same rules: what a browser would read otherwise is refused.
                host == asked_host && path == asked_path && Self::parse(asked).is_ok()
            }
            _ => false,
        }
    }

    /// Whether a page there is of this origin (RFC 6454), as a browser writes it.
    pub(crate) fn is_of_origin(&self, origin: &str) -> bool {
        let at = |text: &str| {
            Url::parse(text)
                .ok()
                .map(|url| url.origin().ascii_serialization())
        };
        match loopback(&self.0) {
            Some((host, None, _)) => {
                loopback(origin).is_some_and(|(of, _, path)| of == host && path.is_empty())
            }
            _ => at(&self.0).as_deref() == Some(origin),
        }
    }
}

/// Host, port and the rest of a URI to the person's own machine.
fn loopback(text: &str) -> Option<(&str, Option<u16>, &str)> {
    let host = LOOPBACK.into_iter().find(|host| text.starts_with(host))?;
    let rest = text.get(host.len()..)?;
    let Some(after) = rest.strip_prefix(':') else {
        return (rest.is_empty() || rest.starts_with('/')).then_some((host, None, rest));
    };
    let end = after.find('/').unwrap_or(after.len());
    let (port, path) = after.split_at(end);
    let is_plain = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    let port = port.parse().ok().filter(|_| is_plain)?;
    Some((host, Some(port), path))
}

/// A URI with more parameters in its query.
pub(crate) fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> Result<String, Error> {
    let mut url = Url::parse(uri).map_err(|_| Error::Corrupt("redirect URI"))?;
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The attack: another spelling of a registered URI that a browser takes elsewhere.
    #[test]
    fn an_answer_goes_to_a_registered_uri_and_to_no_other_spelling_of_it() {
        let https = RedirectUri::parse("https://app.example/callback").unwrap();
        let native = RedirectUri::parse("http://127.0.0.1/callback").unwrap();
        let fixed = RedirectUri::parse("http://localhost:9000/callback").unwrap();
        assert!(https.allows("https://app.example/callback"));
        assert!(native.allows("http://127.0.0.1:49152/callback"));
        assert!(fixed.allows("http://localhost:9000/callback"));
        for bad in [
            "https://app.example/callback/",
            "https://app.example/callback?x=1",
            "https://app.example/callback#x",
            "https://app.example/Callback",
            "https://app.example/./callback",
            "https://app.example/callback/../callback",
            "https://app.example:443/callback",
            "https://APP.example/callback",
            "https://app.example.evil.example/callback",
            "https://app.example@evil.example/callback",
            "https://app.example\\@evil.example/callback",
            "https://evil.example/?https://app.example/callback",
            "//app.example/callback",
            "http://app.example/callback",
            "javascript:alert(1)",
            "http://127.0.0.1:1@evil.example/callback",
            "http://127.0.0.1.evil.example/callback",
            "http://127.0.0.1:80:80/callback",
            "http://127.0.0.1:049152/callback",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.1:1/callback?x",
            "http://127.0.0.1:1/./callback",
            "http://127.0.0.1:/callback",
            "http://localhost:9001/callback",
            "http://localhost/callback",
            "http://[::1]:1/callback",
            "",
        ] {
            assert!(
                !https.allows(bad) && !native.allows(bad) && !fixed.allows(bad),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_registered_is_of_one_spelling() {
        for bad in [
            "http://app.example/",
            "https://app.example",
            "https://a@app.example/",
            "https://app.example/#x",
            "https://*.app.example/",
            "custom:/callback",
            "http://127.0.0.2/",
            "https://app.example/a/../b",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn pages_of_an_app_are_known_by_their_origin() {
        let https = RedirectUri::parse("https://app.example:8443/a").unwrap();
        let native = RedirectUri::parse("http://127.0.0.1/a").unwrap();
        assert!(https.is_of_origin("https://app.example:8443"));
        assert!(native.is_of_origin("http://127.0.0.1:3000"));
        for bad in [
            "https://app.example",
            "null",
            "",
            "http://127.0.0.1:3000/",
            "http://localhost:1",
        ] {
            assert!(
                !https.is_of_origin(bad) && !native.is_of_origin(bad),
                "{bad}"
            );
        }
    }

    #[test]
    fn parameters_are_added_encoded() {
        assert_eq!(
            with_parameters("https://a.example/b?c=d", &[("state", "x&y=\n")]).unwrap(),
            "https://a.example/b?c=d&state=x%26y%3D%0A"
        );
    }
}
