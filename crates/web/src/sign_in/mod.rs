//! Signing in: by passkey, or by password and code in one step.

mod page;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod show;

pub(crate) use page::SignIn;
