//! Where this server is, and whether a request was meant for it, by its own pages.

use hyper::{HeaderMap, Method, Uri, header};

use crate::{HttpError, Kind, request::sole};

const SEC_FETCH_SITE: header::HeaderName = header::HeaderName::from_static("sec-fetch-site");

/// The one origin that a server answers as, such as `https://localhost:8443`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
}

/// The origin is not `https://host` or `https://host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an origin is https://host or https://host:port, in lower case, with nothing after")]
pub struct InvalidOrigin;

impl Origin {
    /// Reads an origin. The port is left out where it is 443, as browsers do.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let authority = text.strip_prefix("https://").ok_or(InvalidOrigin)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let is_host = !host.is_empty()
            && host
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
        let is_plain = |port: &str| {
            port.parse::<u16>()
                .is_ok_and(|port| port != 0 && port != 443)
        };
        let is_origin = is_host && port.is_none_or(is_plain);
        is_origin
            .then(|| Self {
                text: text.to_owned(),
            })
            .ok_or(InvalidOrigin)
    }

    /// The origin as a browser writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    fn authority(&self) -> &str {
        self.text.strip_prefix("https://").unwrap_or_default()
    }

    /// Refuses a request for another host: one name for the server leaves no room for rebinding,
    /// poisoned links or a proof made for elsewhere (RFC 9110 7.4, 15.5.20).
    pub(crate) fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), HttpError> {
        let host = sole(headers, &header::HOST)?;
        let authority = uri.authority().map(hyper::http::uri::Authority::as_str);
        let is_own = |asked: &str| {
            let asked = asked.strip_suffix(":443").unwrap_or(asked);
            asked.eq_ignore_ascii_case(self.authority())
        };
        let named = [host, authority];
        if named.iter().any(Option::is_some) && named.into_iter().flatten().all(is_own) {
            return Ok(());
        }
        Err(HttpError::new(
            Kind::Misdirected,
            "wrong-host",
            "This server has another name.",
        ))
    }

    /// Refuses a change that a page of another site asks for. Browsers that send no
    /// `Sec-Fetch-Site` send `Origin`; what sends neither is no browser, and has no business with
    /// pages.
    pub(crate) fn check_same_site(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<(), HttpError> {
        if method.is_safe() {
            return Ok(());
        }
        let origin = sole(headers, &header::ORIGIN)?;
        let is_own = match sole(headers, &SEC_FETCH_SITE)? {
            Some(site) => site == "same-origin" && origin.is_none_or(|from| from == self.text),
            None => origin == Some(&self.text),
        };
        if is_own {
            return Ok(());
        }
        let text = "This came from another site. Open Ward and try again there.";
        Err(HttpError::forbidden("cross-site", text))
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(rows: &[(HeaderName, &'static str)]) -> HeaderMap {
        let row = |(name, value): &(HeaderName, &'static str)| {
            (name.clone(), HeaderValue::from_static(value))
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn an_origin_is_https_and_nothing_more() {
        for good in ["https://localhost:8443", "https://ward.example.nhs.uk"] {
            assert_eq!(Origin::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "http://localhost",
            "https://",
            "https://a/",
            "https://A",
            "https://a:443",
            "https://a:x",
            "https://u@a",
            "https://a:0",
            "localhost",
        ] {
            assert_eq!(Origin::parse(bad), Err(InvalidOrigin), "{bad}");
        }
    }

    #[test]
    fn only_the_servers_own_name_is_answered() {
        let origin = Origin::parse("https://ward.test").unwrap();
        let check = |uri: &'static str, rows: &[(HeaderName, &'static str)]| {
            origin
                .check_host(&Uri::from_static(uri), &headers(rows))
                .is_ok()
        };
        assert!(check("/", &[(header::HOST, "ward.test")]));
        assert!(check("/", &[(header::HOST, "Ward.Test:443")]));
        assert!(check("https://ward.test/", &[]));
        assert!(!check("/", &[]));
        assert!(!check("/", &[(header::HOST, "ward.test:8443")]));
        assert!(!check("/", &[(header::HOST, "evil.test")]));
        assert!(!check(
            "/",
            &[(header::HOST, "ward.test"), (header::HOST, "ward.test")]
        ));
        assert!(!check("https://evil.test/", &[(header::HOST, "ward.test")]));
    }

    #[test]
    fn a_change_must_come_from_a_page_of_ward() {
        let origin = Origin::parse("https://ward.test").unwrap();
        let check = |method: Method, rows: &[(HeaderName, &'static str)]| {
            origin.check_same_site(&method, &headers(rows)).is_ok()
        };
        let (site, from) = (SEC_FETCH_SITE, header::ORIGIN);
        assert!(check(Method::GET, &[(site.clone(), "cross-site")]));
        assert!(check(Method::POST, &[(site.clone(), "same-origin")]));
        assert!(check(Method::POST, &[(from.clone(), "https://ward.test")]));
        assert!(!check(Method::POST, &[]));
        for other in ["cross-site", "same-site", "none", "Same-Origin", ""] {
            assert!(!check(Method::POST, &[(site.clone(), other)]), "{other}");
        }
        for other in [
            "https://evil.test",
            "null",
            "http://ward.test",
            "https://ward.test.",
        ] {
            assert!(!check(Method::POST, &[(from.clone(), other)]), "{other}");
            let both = [(site.clone(), "same-origin"), (from.clone(), other)];
            assert!(!check(Method::POST, &both), "{other}");
        }
    }
}
