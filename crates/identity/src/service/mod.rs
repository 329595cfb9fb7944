//! Services: SMART Backend Services with tokens bound to their sender.

mod assertion;
mod client_authentication;
mod dpop;
mod jws;
mod key;
mod registration;
mod replay;
mod token_endpoint;
mod tokens;

pub use registration::NewService;
pub use token_endpoint::{AccessToken, TokenRequest};
pub(crate) use {
    client_authentication::{Authenticated, ClientAuthentication},
    dpop::{BoundKey, Expected as DpopExpected, Unspent},
    jws::decode,
    key::{Algorithm, KeySet, Thumbprint},
    token_endpoint::one,
    tokens::Tokens,
};
