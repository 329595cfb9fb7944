//! The headers that each response carries, whatever its handler did.

use hyper::{
    HeaderMap,
    header::{self, HeaderName, HeaderValue},
};
use ward_core::RequestId;

use crate::render::Surface;

/// Names the request to its caller.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const CROSS_ORIGIN_OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// Pages run their own scripts and styles from files, and nothing else: no inline code for an
/// injected one to pass for.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";
/// What programs read is never a document.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// What a page of Ward may use of the machine it runs on: its passkeys.
const PAGE_PERMISSIONS: &str = "publickey-credentials-get=(self), publickey-credentials-create=(self), \
     camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// Sets them on a response, over whatever is there.
pub(crate) fn secure(
    headers: &mut HeaderMap,
    surface: Surface,
    is_immutable: bool,
    request: RequestId,
) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=63072000; includeSubDomains",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Under `no-referrer` a browser sends `Origin: null` with a form, even to its own server.
    set(header::REFERRER_POLICY, "same-origin");
    set(CROSS_ORIGIN_RESOURCE, "same-origin");
    let caching = if is_immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    set(header::CACHE_CONTROL, caching);
    if surface == Surface::Page {
        set(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        set(header::X_FRAME_OPTIONS, "DENY");
        set(PERMISSIONS, PAGE_PERMISSIONS);
        set(CROSS_ORIGIN_OPENER, "same-origin");
    } else {
        set(header::CONTENT_SECURITY_POLICY, DATA_POLICY);
    }
    // Hex digits.
    if let Ok(id) = HeaderValue::from_str(&request.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
}
