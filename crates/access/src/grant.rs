//! The proof that one account may do one action.

use std::{fmt, marker::PhantomData};

use ward_core::{Ods, ResourceKey};
use ward_log::{Actor, Basis};

use crate::Action;

/// How far a granted search reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Every hit in the organisation.
    Organisation,
    /// Only hits about patients with whom the account has a relationship: each hit is decided anew.
    Related,
}

/// One account may do one action, on one resource or (search, create) one resource type, once.
///
/// Made by [`Asker::decide`](crate::Asker::decide) alone; not `Clone`, so that it is used up.
pub struct Grant<A: Action> {
    pub(crate) organisation: Ods,
    pub(crate) resource_type: Box<str>,
    pub(crate) resource: Option<ResourceKey>,
    pub(crate) actor: Actor,
    pub(crate) basis: Basis,
    pub(crate) reach: Reach,
    pub(crate) action: PhantomData<fn() -> A>,
}

impl<A: Action> Grant<A> {
    /// Whose record it is.
    pub const fn organisation(&self) -> &Ods {
        &self.organisation
    }

    /// Of which type.
    pub fn resource_type(&self) -> &str {
        &self.resource_type
    }

    /// Which resource, where the target named one.
    pub const fn resource(&self) -> Option<&ResourceKey> {
        self.resource.as_ref()
    }

    /// Who is granted it.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Why: for the log.
    pub const fn basis(&self) -> &Basis {
        &self.basis
    }

    /// How far: of meaning for a search.
    pub const fn reach(&self) -> Reach {
        self.reach
    }
}

impl<A: Action> fmt::Debug for Grant<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant<{}>", A::VERB.as_str())
    }
}
