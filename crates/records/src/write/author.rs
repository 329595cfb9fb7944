//! Who writes.

use ward_access::{Action, Refused};
use ward_core::{RequestId, ResourceKey};
use ward_crypto::Token;
use ward_fhir::Resource;
use ward_log::{Actor, Basis, Purpose};
use ward_store::Located;

use crate::{Door, Error, Records, records::Organisation};

/// Who writes: an account, by its grants; or the operator of the machine, who imports files with the
/// server stopped, holds the keys anyway, and is shown nothing.
pub(crate) enum Author<'a> {
    Account(&'a Door<'a>),
    Operator {
        records: &'a Records,
        own: &'a Organisation,
        actor: Option<Actor>,
    },
}

impl<'a> Author<'a> {
    pub(crate) fn records(&self) -> &'a Records {
        match self {
            Self::Account(door) => door.records,
            Self::Operator { records, .. } => records,
        }
    }

    pub(crate) fn own(&self) -> &'a Organisation {
        match self {
            Self::Account(door) => door.own,
            Self::Operator { own, .. } => own,
        }
    }

    pub(crate) fn request(&self) -> Option<RequestId> {
        match self {
            Self::Account(door) => Some(door.request),
            Self::Operator { .. } => None,
        }
    }

    pub(crate) fn actor(&self) -> Option<Actor> {
        match self {
            Self::Account(door) => Some(door.assured().actor()),
            Self::Operator { actor, .. } => actor.clone(),
        }
    }

    /// Why it may do this to a resource in the records of these patients.
    pub(crate) fn basis<A: Action>(
        &self,
        key: &ResourceKey,
        subjects: &[Token],
    ) -> Result<Result<Basis, Refused>, Error> {
        match self {
            Self::Account(door) => {
                let decision = door.decide_about::<A>(key, subjects)?;
                Ok(decision.map(|grant| grant.basis().clone()))
            }
            Self::Operator { .. } => Ok(Ok(Basis {
                purpose: Purpose::Administration,
                relationship: None,
                source: Some("import".to_owned()),
            })),
        }
    }

    /// Whether its scopes let it write what a resource says.
    pub(crate) fn lets_through<A: Action>(&self, subjects: &[Token], resource: &Resource) -> bool {
        match self {
            Self::Account(door) => door.lets_through_resource::<A>(subjects, resource),
            Self::Operator { .. } => true,
        }
    }

    /// Whether its scopes let it change the version at a row.
    pub(crate) fn lets_change<A: Action>(&self, located: &Located) -> Result<bool, Error> {
        let Self::Account(door) = self else {
            return Ok(true);
        };
        if door.limits.is_none() {
            return Ok(true);
        }
        let mut failed = Ok(());
        let opened = door.own.store.read(located.seq)?;
        let opened = opened.sift(&door.own.keys, |sealed| {
            door.own
                .open(sealed)
                .map_err(|error| failed = Err(error))
                .ok()
        });
        failed?;
        // Looked at and dropped: nothing of it is shown.
        let found = opened.map(|version| {
            door.lets_through_version::<A>(&located.subjects, version)
                .map(|found| found.is_some())
        });
        found.unwrap_or(Ok(false))
    }
}
