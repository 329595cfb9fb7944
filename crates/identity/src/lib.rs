//! Accounts, factors, sessions: the one maker of [`Assured`].

mod account;
mod assured;
mod attempts;
mod ceremony;
mod error;
mod factor;
mod name;
mod passkey;
mod password;
mod role;
mod scope;
mod service;
mod token;
mod totp;

pub use account::{Account, NewAccount, ServiceAccount};
pub use assured::Assured;
pub use error::Error;
pub use factor::{FactorsView, PasskeyView};
pub use name::{InvalidName, SignInName};
pub use password::PasswordProblem;
pub use role::Role;
pub use scope::{InvalidScope, Level, Permission, Scope, Scopes};
