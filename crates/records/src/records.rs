//! The organisations whose records are here.

use std::{collections::HashMap, sync::Arc};

use ward_access::Access;
use ward_core::{Clock, Ods, Random, RequestId};
use ward_crypto::OrganisationKeys;
use ward_identity::Assured;
use ward_log::RefusalReason;
use ward_store::OrganisationStore;

use crate::{Door, Error, break_glass::Glass, write::Turns};

/// The records of every organisation. Opens nothing by itself: [`Records::door`] does.
pub struct Records {
    pub(crate) access: Arc<Access>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    organisations: HashMap<Ods, Organisation>,
    base: String,
}

/// One organisation's records, with what opens them.
pub(crate) struct Organisation {
    pub(crate) store: OrganisationStore,
    pub(crate) keys: OrganisationKeys,
    /// Conditional creates, one at a time for each condition.
    pub(crate) conditions: Turns,
    /// Resources that several change at once, one after the other.
    pub(crate) contended: Turns,
    /// What was opened in an emergency.
    pub(crate) glass: Glass,
}

impl Records {
    /// The records of some organisations: each with its store and its keys. `base` is the URL under
    /// which the server has its FHIR bases, such as `https://localhost:8443/fhir`: references and
    /// links that begin so are its own, and say whose record a resource is part of.
    pub fn new(
        access: Arc<Access>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        base: String,
        organisations: Vec<(OrganisationStore, OrganisationKeys)>,
    ) -> Self {
        let organisations = organisations.into_iter().map(|(store, keys)| {
            (
                keys.ods().clone(),
                Organisation {
                    store,
                    keys,
                    conditions: Turns::default(),
                    contended: Turns::default(),
                    glass: Glass::default(),
                },
            )
        });
        Self {
            access,
            clock,
            random,
            organisations: organisations.collect(),
            base,
        }
    }

    /// The policies that the doors go by.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The FHIR base of an organisation.
    pub(crate) fn base_of(&self, ods: &Ods) -> String {
        format!("{}/{ods}", self.base)
    }

    /// The door of an account to an organisation's records, for one request. An account has a door
    /// to its own organisation alone.
    ///
    /// # Errors
    /// [`Error::NotFound`] for any other organisation, whether there is one of that code or not;
    /// the attempt is written down in the log of the account's own.
    pub async fn door<'a>(
        &'a self,
        assured: &'a Assured,
        request: RequestId,
        ods: &Ods,
    ) -> Result<Door<'a>, Error> {
        let own = self.organisation(assured.organisation())?;
        let door = Door::new(self, own, assured, request);
        if ods == assured.organisation() {
            return Ok(door);
        }
        door.note_refusal("door", None, RefusalReason::OtherOrganisation)
            .await?;
        Err(Error::NotFound)
    }

    pub(crate) fn organisation(&self, ods: &Ods) -> Result<&Organisation, Error> {
        self.organisations.get(ods).ok_or(Error::NotFound)
    }
}
