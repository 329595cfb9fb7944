//! Policy and relationships: the one maker of [`Grant`].
//!
//! A grant comes from an [`Assured`](ward_identity::Assured) account, a [`Target`] and the
//! policies of `policies/`, and from nowhere else. This crate reads no patient data and does no
//! I/O: what relationships there are, it is told. Only a [`proof`] runs another program, the solver.

mod access;
mod action;
mod category;
mod error;
mod facts;
mod grant;
mod own_policies;
mod own_policy;
mod policy;
pub mod proof;
mod reason;
mod relationship;
mod rules;
mod scope;
mod table;
#[cfg(test)]
mod tests;

pub use access::{Access, Asker, Refused, StepUp, Target};
pub use action::{
    Action, Approve, BreakGlass, Contain, Create, Delete, History, ManageAccounts, ManagePolicy,
    ManageServices, Read, ReadLog, ReadSecurity, Search, Update, Verb, WhoLooked,
};
pub use category::Category;
pub use error::{AccessError, Source};
pub use grant::{Grant, Reach};
pub use own_policies::{OwnPolicies, OwnPolicyError, PolicyStep, PolicyView, ProofView, Standing};
pub use own_policy::{OrganisationPolicy, PolicyError};
pub use relationship::Relationship;
pub use table::{Allowance, LEGEND, Table};
