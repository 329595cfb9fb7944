//! Services: SMART Backend Services with tokens bound to their sender.

mod assertion;
mod dpop;
mod jws;
mod key;
mod registration;
mod replay;
mod token_endpoint;
mod tokens;

pub use registration::NewService;
pub use token_endpoint::{AccessToken, TokenRequest};
pub(crate) use tokens::Tokens;
