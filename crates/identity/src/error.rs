//! What can go wrong, and how much of it a stranger is told.

use std::{error::Error as StdError, time::Duration};

use crate::{InvalidMap, InvalidName, InvalidScope, PasswordProblem};

/// Why identity did not do what was asked. No text here tells whether an account exists, or names
/// a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The sign-in failed: one answer, whatever was wrong with it.
    #[error("the sign-in details are not right")]
    SignIn,
    /// Too many attempts.
    #[error("too many attempts; wait before the next one")]
    TooManyAttempts {
        /// How long.
        wait: Duration,
    },
    /// More sign-ins are under way than the server takes on at once.
    #[error("the server is busy; try again")]
    Busy,
    /// The enrolment link is unknown, used or expired.
    #[error("the enrolment link does not work, or no longer")]
    Link,
    /// The ceremony is unknown, finished, or took too long.
    #[error("this took too long, or was finished before; start again")]
    Ceremony,
    /// The passkey's answer was not accepted.
    #[error("the passkey was not accepted")]
    Passkey,
    /// The code of the authenticator app is not right.
    #[error("the code is not right")]
    Code,
    /// The new password is not acceptable.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// A name that can't be a sign-in name.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The sign-in name is taken.
    #[error("the sign-in name is taken")]
    NameTaken,
    /// The scope can't be read.
    #[error(transparent)]
    Scope(#[from] InvalidScope),
    /// The organisation is not one of this server's.
    #[error("the organisation is not known here")]
    NoSuchOrganisation,
    /// The organisation has no such account or factor.
    #[error("there is no such account or factor")]
    NoSuchAccount,
    /// A provider's assurance map can't be taken.
    #[error(transparent)]
    Map(InvalidMap),
    /// An OpenID provider could not be asked, or did not answer as one.
    #[error("the provider can't be asked: {0}")]
    Provider(&'static str),
    /// What an OpenID provider vouches for is refused.
    #[error("the provider does not vouch for this: {0}")]
    Vouching(&'static str),
    /// The account can't have this: a limit, or a role it doesn't fit.
    #[error("not possible: {0}")]
    NotPossible(&'static str),
    /// The proof is too old for this: sign in again first.
    #[error("sign in again first")]
    FreshProof,
    /// The service's assertion does not authenticate it (RFC 6749 5.2: `invalid_client`).
    #[error("the client is not authenticated: {0}")]
    Client(&'static str),
    /// The token request is malformed (RFC 6749 5.2: `invalid_request`).
    #[error("the token request is not right: {0}")]
    TokenRequest(&'static str),
    /// A code or refresh token that does not work, or not for who sends it (RFC 6749 5.2:
    /// `invalid_grant`). One text for all reasons: they would help a thief alone.
    #[error("the code or refresh token does not work, or no longer")]
    Grant,
    /// A person has not decided yet (RFC 8628 3.5: `authorization_pending`).
    #[error("nobody has decided yet")]
    AuthorizationPending,
    /// It was asked again too soon (RFC 8628 3.5: `slow_down`).
    #[error("asked too soon: wait five seconds longer each time")]
    SlowDown,
    /// A person refused, or can't be asked any more (RFC 8628 3.5: `access_denied`).
    #[error("it was refused")]
    AccessDenied,
    /// Nobody decided in time (RFC 8628 3.5: `expired_token`).
    #[error("nobody decided in time: begin again")]
    ExpiredToken,
    /// No command line waits under the code that was typed.
    #[error("nothing waits under this code, or no longer")]
    UserCode,
    /// A client that may not do this (RFC 6749 5.2: `unauthorized_client`).
    #[error("this client may not do this: {0}")]
    UnauthorizedClient(&'static str),
    /// An authorization request that can't be met (RFC 6749 4.1.2.1; OpenID Connect Core 3.1.2.6).
    #[error("the authorization request is not right: {what}")]
    Authorization {
        /// The error code of its standard.
        code: &'static str,
        /// What can't be met.
        what: &'static str,
    },
    /// A grant that Ward does not know (RFC 6749 5.2: `unsupported_grant_type`).
    #[error("the grant type is not supported")]
    GrantType,
    /// None of the scopes asked for is registered (RFC 6749 5.2: `invalid_scope`).
    #[error("no scope that was asked for is registered")]
    NoScope,
    /// The DPoP proof is not right (RFC 9449 7.1: `invalid_dpop_proof`).
    #[error("the DPoP proof is not right: {0}")]
    Proof(&'static str),
    /// The access token is unknown, expired or revoked (RFC 6750 3.1: `invalid_token`).
    #[error("the access token does not work, or no longer")]
    AccessToken,
    /// A key that can't be registered, or is not one that Ward verifies with.
    #[error("the key is not acceptable: {0}")]
    Key(&'static str),
    /// The configuration of identity is not right.
    #[error("the configuration is not right: {0}")]
    Configuration(&'static str),
    /// Something that Ward stored can't be read back.
    #[error("a stored fact can't be read: {0}")]
    Corrupt(&'static str),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// The error code of OAuth, where the error is one of its protocol.
    pub const fn oauth_code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Client(_) => "invalid_client",
            Self::TokenRequest(_) => "invalid_request",
            Self::Grant => "invalid_grant",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied => "access_denied",
            Self::ExpiredToken => "expired_token",
            Self::UnauthorizedClient(_) => "unauthorized_client",
            Self::Authorization { code, .. } => code,
            Self::GrantType => "unsupported_grant_type",
            Self::Scope(_) | Self::NoScope => "invalid_scope",
            Self::Proof(_) => "invalid_dpop_proof",
            Self::AccessToken => "invalid_token",
            _ => return None,
        })
    }
}
