//! What was put in force before this start.

use std::sync::Arc;

use ward_core::{Clock, Ods};
use ward_identity::Identity;

use super::{Kept, OwnPolicies, OwnPolicyError, Shelf, record::Record};
use crate::{Access, OrganisationPolicy, proof::Prover};

impl OwnPolicies {
    /// Reads what is kept. Of what was in force only the forbids are, until
    /// [`OwnPolicies::prove_anew`] has found its proof.
    ///
    /// # Errors
    /// [`OwnPolicyError::Identity`] where what is kept can't be read.
    pub fn open(
        access: Arc<Access>,
        identity: Arc<Identity>,
        prover: Prover,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OwnPolicyError> {
        let mut organisations = std::collections::HashMap::new();
        for ods in identity.organisations() {
            let shelf = Shelf::default();
            let versions = identity.policies::<Record>(ods)?;
            shelf.kept.lock().versions = versions.into_iter().collect();
            organisations.insert(ods.clone(), shelf);
        }
        let own = Self {
            access,
            identity,
            prover,
            clock,
            organisations,
        };
        for (ods, shelf) in &own.organisations {
            let adopted = shelf
                .kept
                .lock()
                .adopted()
                .map(|(_, record)| record.text.clone());
            if let Some(text) = adopted {
                own.only_take_away(ods, &text)?;
            }
        }
        Ok(Arc::new(own))
    }

    /// Proves what was in force before the start, and puts it in force again, whole. What can't be
    /// proved goes on to take away only, and is told in the server's log.
    pub async fn prove_anew(self: Arc<Self>) {
        for (ods, shelf) in &self.organisations {
            let _changing = shelf.changing.lock().await;
            let waiting = shelf.kept.lock().to_prove();
            for (number, record) in waiting {
                let is_adopted = record.is_adopted();
                let Err(error) = self.prove_one(ods, shelf, number, &record).await else {
                    continue;
                };
                tracing::error!(
                    organisation = %ods, number, is_adopted, %error,
                    "an organisation's own policy has no proof: it is not in force whole"
                );
            }
        }
    }

    async fn prove_one(
        &self,
        ods: &Ods,
        shelf: &Shelf,
        number: u32,
        record: &Record,
    ) -> Result<(), OwnPolicyError> {
        let policy = OrganisationPolicy::read(ods, &record.text)?;
        shelf.kept.lock().begins(number);
        let examined = self.examine(&shelf.kept, number, policy).await?;
        match examined.proven {
            Some(proven) if record.is_adopted() => {
                self.access.activate(proven);
                shelf.kept.lock().whole = Some(number);
                Ok(())
            }
            Some(_) => Ok(()),
            None => Err(shelf.kept.lock().why_not(number)),
        }
    }

    /// Puts what only takes away in force. Where even that can't be read, as after an upgrade that
    /// knows a word no more, the organisation is shut but for whoever mends it.
    pub(super) fn only_take_away(&self, ods: &Ods, text: &str) -> Result<(), OwnPolicyError> {
        match OrganisationPolicy::read(ods, text) {
            Ok(policy) => self.access.restrict(&policy)?,
            Err(error) => {
                tracing::error!(
                    organisation = %ods, %error,
                    "the organisation's own policy can't be read any more: it is shut until it is mended"
                );
                self.access.shut(ods)?;
            }
        }
        Ok(())
    }
}

impl Kept {
    /// What is adopted with its permits, and what waits for another's yes.
    fn to_prove(&self) -> Vec<(u32, Record)> {
        let adopted = self
            .adopted()
            .filter(|(_, record)| record.narrowed.is_none());
        let both = adopted.into_iter().chain(self.draft());
        both.map(|(number, record)| (number, record.clone()))
            .collect()
    }
}
