//! Complete coverage, observed: every route, by every method, with every kind of credential, asked
//! of a running server; and what the server says of its sockets, accounts and services.
//!
//! What is expected follows from the inventory by rule ([`plan`]); what was observed is judged
//! against it ([`judge`]). A wrong credential changes nothing anywhere, so asking is safe; a right
//! one is sent only where it must be refused.

mod held;
mod inventory;
mod judge;
mod kind;
mod plan;
mod probe;
mod report;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use held::{Folder, Held, Is, Secret};
pub(crate) use inventory::Inventory;
pub(crate) use kind::Kind;
pub(crate) use plan::Means;
pub(crate) use probe::{Probed, Prober};
pub(crate) use report::{Claim, Report};
pub(crate) use wire::Wire;
