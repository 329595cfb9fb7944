//! Enrolling: the first passkey, or the first password and authenticator app.

pub(crate) mod page;
mod qr;
