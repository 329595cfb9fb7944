//! Blind tokens: what the disk sees in place of names.

use std::fmt;

use aws_lc_rs::hmac;

use crate::bytes::joined;

/// A keyed hash of something, cut to 16 bytes. Equal things have equal tokens; without the
/// organisation's key nothing else can be told from one, and none can be made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(pub [u8; 16]);

impl Token {
    /// HMAC-SHA256 of the domain and the parts, each after its length.
    pub(crate) fn of(key: &hmac::Key, domain: &str, parts: &[&[u8]]) -> Self {
        let mut input = joined(&[domain.as_bytes()]);
        crate::bytes::join(&mut input, parts);
        let tag = hmac::sign(key, &input);
        let mut token = [0; 16];
        token
            .iter_mut()
            .zip(tag.as_ref())
            .for_each(|(to, from)| *to = *from);
        Self(token)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "Token({a:02x}{b:02x}..)")
    }
}
