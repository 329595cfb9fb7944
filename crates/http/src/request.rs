//! What a handler is given.

use std::{fmt, net::IpAddr, ops::Deref, sync::Arc};

use bytes::Bytes;
use hyper::{HeaderMap, Method, Uri, header};
use ward_core::RequestId;
use ward_identity::Assured;

use crate::{HttpError, Inventory, Kind, Origin, body::Lease, cookie, form, table::Parameters};

/// A request, its body read as a whole.
pub struct Request {
    pub(crate) id: RequestId,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) parameters: Parameters,
    pub(crate) address: IpAddr,
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) body: Bytes,
    #[expect(dead_code, reason = "held so that it is given back with the request")]
    pub(crate) lease: Lease,
}

/// A request of anyone. It holds nothing that opens a door.
#[derive(Debug)]
pub struct PublicRequest(pub(crate) Request);

/// A request of one who has proved who they are.
#[derive(Debug)]
pub struct AssuredRequest {
    pub(crate) request: Request,
    /// The proof.
    pub assured: Assured,
}

impl AssuredRequest {
    /// All that the server answers, and all that its process listens on.
    pub fn inventory(&self) -> &Inventory {
        &self.request.inventory
    }
}

impl Request {
    /// The request's id, as the caller sees it in `X-Request-Id`.
    pub const fn id(&self) -> RequestId {
        self.id
    }

    /// The method; HEAD stays HEAD.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// A parameter of the path. Empty if the route's pattern has none of that name.
    pub fn parameter(&self, name: &str) -> &str {
        let place = self.parameters.iter().find(|(known, _)| *known == name);
        place
            .and_then(|(_, place)| self.path().get(place.clone()))
            .unwrap_or_default()
    }

    /// The URL without its query: what a DPoP proof names in `htu` (RFC 9449 4.2). The host is the
    /// server's own, never one that the caller sent.
    pub fn url(&self) -> String {
        self.origin().url(self.path())
    }

    /// The server's own origin.
    pub fn origin(&self) -> &Origin {
        self.inventory.origin()
    }

    /// The query as it was sent.
    pub fn raw_query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The pairs of the query, decoded.
    pub fn query(&self) -> Result<Vec<(String, String)>, HttpError> {
        form::parse(self.raw_query().as_bytes())
    }

    /// A header that was sent once, as text.
    ///
    /// # Errors
    /// [`Kind::BadRequest`] where it was sent twice or is not text: which of two counts is what
    /// servers disagree about.
    pub fn header(&self, name: &header::HeaderName) -> Result<Option<&str>, HttpError> {
        sole(&self.headers, name)
    }

    /// All headers.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// The media type of the body in lower case, without its parameters; empty if none was named.
    pub fn media_type(&self) -> Result<String, HttpError> {
        let named = self.header(&header::CONTENT_TYPE)?.unwrap_or_default();
        Ok(named
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase())
    }

    /// The fields of the form in the body.
    ///
    /// # Errors
    /// [`Kind::UnsupportedMediaType`] where the body is not a form; those of [`form::parse`].
    pub fn form(&self) -> Result<Form, HttpError> {
        if self.media_type()? != "application/x-www-form-urlencoded" {
            let text = "Send a form: application/x-www-form-urlencoded.";
            return Err(HttpError::new(
                Kind::UnsupportedMediaType,
                "not-a-form",
                text,
            ));
        }
        Ok(Form(form::parse(&self.body)?))
    }

    /// The value of a cookie, if it was sent exactly once.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie::find(&self.headers, name)
    }

    /// The address at the other end of the socket. Headers that tell another are not looked at:
    /// anyone can send them.
    pub const fn address(&self) -> IpAddr {
        self.address
    }
}

/// A header that was sent once, as text.
pub(crate) fn sole<'a>(
    headers: &'a HeaderMap,
    name: &header::HeaderName,
) -> Result<Option<&'a str>, HttpError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(header::HeaderValue::to_str).transpose();
    match (first, values.next()) {
        (Ok(value), None) => Ok(value),
        _ => Err(HttpError::bad_request(
            "bad-header",
            format!("Send {name} once, as plain text."),
        )),
    }
}

/// Shows no value: paths, queries and bodies hold people's data.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, self.id)
    }
}

impl Deref for PublicRequest {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.0
    }
}

impl Deref for AssuredRequest {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.request
    }
}

/// The fields of a form.
pub struct Form(pub(crate) Vec<(String, String)>);

impl Form {
    /// A field that was sent exactly once. One that was sent twice counts as not sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        value.filter(|_| found.next().is_none())
    }

    /// All fields in their order.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

/// Shows no value.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({} fields)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_sent_twice_is_refused() {
        let mut headers = HeaderMap::new();
        assert_eq!(sole(&headers, &header::IF_MATCH).unwrap(), None);
        headers.append(
            header::IF_MATCH,
            header::HeaderValue::from_static("W/\"1\""),
        );
        assert_eq!(sole(&headers, &header::IF_MATCH).unwrap(), Some("W/\"1\""));
        headers.append(
            header::IF_MATCH,
            header::HeaderValue::from_static("W/\"2\""),
        );
        assert!(sole(&headers, &header::IF_MATCH).is_err());
        let bytes = header::HeaderValue::from_bytes(&[0xff]).unwrap();
        headers.insert(header::IF_MATCH, bytes);
        assert!(sole(&headers, &header::IF_MATCH).is_err());
    }

    #[test]
    fn a_field_sent_twice_counts_as_not_sent() {
        let form = Form(form::parse(b"a=1&b=2&b=3").unwrap());
        assert_eq!(
            (form.get("a"), form.get("b"), form.get("c")),
            (Some("1"), None, None)
        );
    }
}
