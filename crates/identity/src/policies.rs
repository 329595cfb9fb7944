//! Where an organisation's own policies are kept. What they are is for `ward-access` to say: here
//! they are facts with a number, durable before they count.

use serde::{Serialize, de::DeserializeOwned};
use ward_core::{Ods, RequestId};

use crate::{Assured, Error, Identity, ledger::Changes, record::key};

impl Identity {
    /// The policies that were kept, by their numbers.
    ///
    /// # Errors
    /// [`Error::NoSuchOrganisation`], [`Error::Store`]; [`Error::Corrupt`] for what was not kept
    /// as such a fact.
    pub fn policies<T: DeserializeOwned>(&self, ods: &Ods) -> Result<Vec<(u32, T)>, Error> {
        let all = self.organisation(ods)?.ledger.load(key::POLICIES)?;
        let number = |(key, policy): (String, T)| {
            let number = key.strip_prefix(key::POLICIES);
            let number = number.and_then(|number| number.parse().ok());
            Ok((number.ok_or(Error::Corrupt("policy key"))?, policy))
        };
        all.into_iter().map(number).collect()
    }

    /// Keeps policies of the author's organisation, and forgets others: all of it, or nothing.
    /// Whether the author may is for policy to say before; that the proof still stands is asked
    /// here, as a wait came between.
    ///
    /// # Errors
    /// [`Error::FreshProof`], [`Error::Store`].
    pub async fn keep_policies<T: Serialize + Sync>(
        &self,
        author: &Assured,
        kept: &[(u32, T)],
        forgotten: &[u32],
        request: RequestId,
    ) -> Result<(), Error> {
        let of = self.organisation(author.organisation())?;
        let _changing = of.changing.lock().await;
        if !self.is_in_force(author) {
            return Err(Error::FreshProof);
        }
        let mut changes = Changes::default();
        for (number, policy) in kept {
            changes = changes.put(key::policy(*number), policy)?;
        }
        for number in forgotten {
            changes = changes.remove(key::policy(*number));
        }
        let actor = Some(author.actor());
        self.commit(author.organisation(), actor, Some(request), changes)
            .await
    }
}
