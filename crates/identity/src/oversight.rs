//! What an organisation's log says of how its people sign in, for those who govern information.

use std::sync::Arc;

use ward_core::{Ods, RequestId, Timestamp};
use ward_log::{Basis, Event, Interaction, Purpose};
use ward_store::FailedSignIns;

use crate::{
    Assured, Error, Identity,
    ledger::Changes,
    record::{WithheldRecord, key},
};

/// Failed sign-ins of one hour that were counted, and not written down one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithheldSignIns {
    /// When they were last added to.
    pub until: Timestamp,
    /// How many.
    pub count: u64,
}

/// How long an organisation's log is, and what it is signed with.
#[derive(Debug, Clone)]
pub struct LogEnd {
    /// Entries that are durable.
    pub entries: u64,
    /// The latest checkpoint, a signed note; none of an empty log.
    pub checkpoint: Option<Arc<str>>,
}

impl Identity {
    /// The organisations that there are, in no order.
    pub fn organisations(&self) -> impl Iterator<Item = &Ods> {
        self.organisations.keys()
    }

    /// The sign-ins that failed since the hour of a moment, by hour and reason, as the log of the
    /// organisation has them.
    ///
    /// # Errors
    /// [`Error::NoSuchOrganisation`], [`Error::Store`].
    pub fn failed_sign_ins(
        &self,
        ods: &Ods,
        since: Timestamp,
    ) -> Result<Vec<FailedSignIns>, Error> {
        let store = self.organisation(ods)?.ledger.store();
        store
            .failed_sign_ins(since)
            .map_err(|error| Error::Store(Box::new(error)))
    }

    /// The failed sign-ins that a flood kept from being written down one by one.
    ///
    /// # Errors
    /// [`Error::NoSuchOrganisation`], [`Error::Store`], [`Error::Corrupt`].
    pub fn withheld_sign_ins(
        &self,
        ods: &Ods,
        since: Timestamp,
    ) -> Result<Vec<WithheldSignIns>, Error> {
        let all = self
            .organisation(ods)?
            .ledger
            .load::<WithheldRecord>(key::WITHHELD)?;
        let all = all.into_iter().map(|(_, record)| WithheldSignIns {
            until: Timestamp::from_micros(record.until_micros),
            count: record.count,
        });
        Ok(all.filter(|withheld| withheld.until > since).collect())
    }

    /// The end of an organisation's log.
    ///
    /// # Errors
    /// [`Error::NoSuchOrganisation`].
    pub fn log_end(&self, ods: &Ods) -> Result<LogEnd, Error> {
        let store = self.organisation(ods)?.ledger.store();
        Ok(LogEnd {
            entries: store.log_position(),
            checkpoint: store.checkpoint(),
        })
    }

    /// Writes down that somebody looks at how the organisation is secured, before it is shown.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn looked_at_security(
        &self,
        assured: &Assured,
        request: RequestId,
    ) -> Result<(), Error> {
        let event = Event::Disclosure {
            interaction: Interaction::Security,
            items: Vec::new(),
            basis: Basis {
                purpose: Purpose::Audit,
                relationship: None,
                source: None,
            },
        };
        let changes = Changes::default().event(event);
        let actor = Some(assured.actor());
        self.commit(assured.organisation(), actor, Some(request), changes)
            .await
    }
}
