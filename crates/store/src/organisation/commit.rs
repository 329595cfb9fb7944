//! Writing, and giving out what was read once that is written down.

use tokio::sync::oneshot;
use ward_core::RequestId;
use ward_crypto::{Salt, Token};
use ward_log::{Actor, Basis, Event, Interaction};

use super::OrganisationStore;
use crate::{
    Batch, Committed, Operation, StoreError, Undisclosed,
    writer::{Commit, Message, Prepared},
};

impl OrganisationStore {
    /// Writes a batch: all of it, or nothing. When this returns it is on the disk, and every later
    /// read sees it. Where the caller goes away meanwhile, it may still be written.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::Invalid`] and [`StoreError::TooLarge`] are about
    /// this batch; nothing of it is written. After [`StoreError::Refusing`] or
    /// [`StoreError::Closed`] it may have been, which only opening the store again tells.
    pub async fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let shared = self.shared();
        let prepared = Prepared::new(&shared.keys, batch)?;
        let room = shared.queue.room(prepared.bytes).await?;
        let (answer, answered) = oneshot::channel();
        shared.queue.push(Message::Commit(Commit {
            prepared,
            answer,
            room,
        }))?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Gives a value out, once the list of what it shows is on the disk. There is no other way.
    ///
    /// # Errors
    /// Where the list can't be written down; the value is then gone unseen.
    pub async fn disclose<T>(
        &self,
        actor: Option<Actor>,
        request: Option<RequestId>,
        interaction: Interaction,
        basis: Basis,
        value: Undisclosed<T>,
    ) -> Result<T, StoreError> {
        let (items, value) = value.part(self.ods())?;
        let event = Event::Disclosure {
            interaction,
            items,
            basis,
        };
        let operations = vec![Operation::Record(event)];
        self.commit(Batch {
            request,
            actor,
            time: None,
            operations,
        })
        .await?;
        Ok(value.after_commit())
    }

    /// The salt of a patient, by [`OrganisationStore::subject`].
    pub fn salt(&self, subject: &Token) -> Result<Option<Salt>, StoreError> {
        self.shared().salts.get(subject)
    }

    /// Makes the salts that are not there yet. When this returns they are on the disk, and bodies
    /// may be sealed under them.
    pub async fn ensure_salts(&self, subjects: &[Token]) -> Result<(), StoreError> {
        let mut missing = Vec::new();
        for subject in subjects {
            if self.salt(subject)?.is_none() {
                missing.push(*subject);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        self.ask(|answer| Message::Salts {
            subjects: missing,
            answer,
        })
        .await
    }
}
