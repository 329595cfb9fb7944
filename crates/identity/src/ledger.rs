//! Where facts are durable: sealed states and events in an organisation's log.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use ward_core::{Ods, Random, RequestId, Timestamp};
use ward_crypto::{CheckpointSigner, OrganisationKeys};
use ward_log::{Actor, Event};
use ward_store::{Batch, Operation, OrganisationStore};

use crate::{Error, record};

/// One organisation's log, as far as identity writes it.
pub(crate) struct Ledger {
    store: OrganisationStore,
    keys: OrganisationKeys,
    random: Arc<dyn Random>,
}

/// What is written together: all of it, or nothing.
#[derive(Default)]
pub(crate) struct Changes {
    states: Vec<(String, Option<Vec<u8>>)>,
    events: Vec<Event>,
}

impl Changes {
    /// Sets a fact.
    pub(crate) fn put(mut self, key: String, value: &impl Serialize) -> Result<Self, Error> {
        self.states.push((key, Some(record::encode(value)?)));
        Ok(self)
    }

    /// Removes a fact.
    pub(crate) fn remove(mut self, key: String) -> Self {
        self.states.push((key, None));
        self
    }

    /// Writes down what happened.
    pub(crate) fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// These first, and then others.
    pub(crate) fn then(mut self, others: Self) -> Self {
        self.states.extend(others.states);
        self.events.extend(others.events);
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.states.is_empty() && self.events.is_empty()
    }
}

impl Ledger {
    /// Who signs for the organisation.
    pub(crate) fn signer(&self) -> CheckpointSigner {
        self.keys.checkpoint_signer()
    }

    pub(crate) fn new(
        store: OrganisationStore,
        keys: OrganisationKeys,
        random: Arc<dyn Random>,
    ) -> Result<Self, Error> {
        if store.ods() == keys.ods() {
            Ok(Self {
                store,
                keys,
                random,
            })
        } else {
            Err(Error::Configuration(
                "a store and keys of different organisations",
            ))
        }
    }

    pub(crate) fn ods(&self) -> &Ods {
        self.keys.ods()
    }

    /// The log behind it.
    pub(crate) const fn store(&self) -> &OrganisationStore {
        &self.store
    }

    /// All facts of a kind.
    pub(crate) fn load<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(String, T)>, Error> {
        let states = self
            .store
            .states(kind)
            .map_err(|error| Error::Store(Box::new(error)))?;
        let open = |(key, sealed): (String, Vec<u8>)| {
            let plain = self.keys.open_state(&key, &sealed);
            let plain = plain.map_err(|_| Error::Corrupt("sealed record"))?;
            let value = record::decode(&plain)?;
            Ok((key, value))
        };
        states.into_iter().map(open).collect()
    }

    /// Makes changes durable.
    pub(crate) async fn commit(
        &self,
        actor: Option<Actor>,
        request: Option<RequestId>,
        time: Timestamp,
        changes: Changes,
    ) -> Result<(), Error> {
        let events = changes.events.into_iter().map(Operation::Record);
        let states = changes.states.into_iter().map(|(key, value)| {
            let seal = |plain: Vec<u8>| self.keys.seal_state(&key, &plain, &*self.random);
            Operation::State {
                value: value.map(seal),
                key,
            }
        });
        let operations = states.chain(events).collect();
        let batch = Batch {
            request,
            actor,
            time: Some(time),
            operations,
        };
        let committed = self.store.commit(batch).await;
        committed
            .map(drop)
            .map_err(|error| Error::Store(Box::new(error)))
    }
}
