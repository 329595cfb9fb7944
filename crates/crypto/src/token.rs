//! Blind tokens: what the disk sees in place of names.

use std::fmt;

use aws_lc_rs::hmac;

use crate::{bytes::join, derive::first};

/// A keyed hash of something, cut to 16 bytes. Equal things have equal tokens; without the
/// organisation's key nothing else can be told from one, and none can be made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub [u8; 16]);

impl Token {
    /// HMAC-SHA256 of the domain and the parts, each after its length.
    pub(crate) fn of(key: &hmac::Key, domain: &str, parts: &[&[u8]]) -> Self {
        let mut input = Vec::with_capacity(256);
        join(&mut input, &[domain.as_bytes()]);
        join(&mut input, parts);
        Self(first(hmac::sign(key, &input).as_ref()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "Token({a:02x}{b:02x}..)")
    }
}
