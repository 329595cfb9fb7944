//! Accounts, factors, sessions: the one maker of [`Assured`].
//!
//! Nothing that a person or a program proves elsewhere counts. A person proves a passkey with user
//! verification, or a password and a code at once; a service its registered key and a token bound
//! to its sender. There is no half-way session, no recovery by mail, no remembered device, and no
//! setting that switches a factor off.
//!
//! What is proved is in memory, and durable as sealed facts of the organisation's log before it
//! counts. What is taken away is gone from memory first.

mod account;
mod app;
mod assured;
mod attempts;
mod ceremony;
mod command_line;
mod device;
mod enrolment;
mod error;
mod factor;
mod failures;
mod federation;
mod hashing;
mod identity;
mod ledger;
mod load;
mod name;
mod notice;
mod oversight;
mod own_factors;
mod own_password;
mod passkey;
mod password;
mod people;
mod policies;
mod record;
mod recovery;
mod refusal;
mod role;
mod scope;
mod seen;
mod service;
mod session;
mod sign_in;
mod sign_out;
mod slots;
mod statement;
mod step_up;
mod token;
mod totp;
mod typed;
mod upkeep;

pub use account::{Account, NewAccount, ServiceAccount};
pub use app::{
    App, AppScopes, AuthorizationView, Begun, Consent, Introspected, Lacking, NewApp,
    PHISHING_RESISTANT, Pushed,
};
pub use assured::{AppAccess, Assured};
pub use command_line::{Asks, COMMAND_LINE_CLIENT, Connecting, MANAGE_SCOPE, OwnSession};
pub use device::{Collected, DeviceAccount, DeviceKind, Offered, PairingStage, PairingView};
pub use enrolment::{AppEnrolment, EnrolmentView, Started};
pub use error::Error;
pub use factor::{FactorsView, PasskeyView};
pub use federation::{
    Arrived, Ask, Assurance, AssuranceMap, Departure, Fetch, FetchFailed, Fetched, Fetching,
    InvalidMap, NewProvider, Provider, ProviderView, Returned,
};
pub use identity::{Author, Caller, Identity, IdentityConfig};
pub use name::{InvalidName, SignInName};
pub use notice::{News, Notice};
pub use oversight::{LogEnd, WithheldSignIns};
pub use password::PasswordProblem;
pub use people::EnrolmentLink;
pub use recovery::{RecoveryStep, RecoveryView};
pub use role::Role;
pub use scope::{InvalidScope, Level, Permission, Scope, Scopes};
pub use service::{AccessToken, NewService, TokenRequest};
pub use sign_in::SignedIn;
pub use step_up::StepUpWays;
pub use ward_store::FailedSignIns;
