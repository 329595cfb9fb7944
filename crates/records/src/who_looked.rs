//! Who looked at a patient.

use ward_access::{Refused, Target, WhoLooked};
use ward_core::PatientId;
use ward_log::{Entry, Event, Interaction, RefusalReason};

use crate::{Door, Error, Looked, LookedPage, limits};

impl Door<'_> {
    /// Who looked at a patient, newest first; `before` is [`LookedPage::next`] of the page before.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such patient, or the account may not know who looked.
    pub async fn who_looked(
        &self,
        patient: &PatientId,
        before: Option<u64>,
    ) -> Result<LookedPage, Error> {
        let key = patient.key();
        let known = self.own.store.locate(&key)?.is_some();
        let relationships = self.relationships(&[self.own.store.subject(patient)])?;
        let target = Target::log(self.own.keys.ods()).about(&relationships);
        let grant = match self.decide::<WhoLooked>(&target) {
            Ok(grant) if known => grant,
            Ok(_) => {
                return self
                    .hide::<_, WhoLooked>(&key, RefusalReason::Unknown)
                    .await;
            }
            Err(Refused { reason }) => {
                let reason = if known {
                    reason
                } else {
                    RefusalReason::Unknown
                };
                return self.hide::<_, WhoLooked>(&key, reason).await;
            }
        };
        let limit = limits::LOOKED_PAGE + 1;
        let entries = self
            .own
            .store
            .disclosures_of_patient(patient, before, limit)
            .await?;
        let page = entries.open(&self.own.keys, |mut entries| {
            let more = entries.len() > limits::LOOKED_PAGE;
            entries.truncate(limits::LOOKED_PAGE);
            let next = entries.last().filter(|_| more).map(|entry| entry.seq);
            LookedPage {
                lines: entries
                    .into_iter()
                    .filter_map(|entry| line(entry, patient))
                    .collect(),
                next,
            }
        });
        self.disclose(grant, Interaction::WhoLooked, page).await
    }
}

fn line(entry: Entry, patient: &PatientId) -> Option<Looked> {
    let Entry {
        time,
        request,
        actor,
        event,
        ..
    } = entry;
    let Event::Disclosure {
        interaction,
        items,
        basis,
    } = event
    else {
        return None;
    };
    let count = items
        .iter()
        .filter(|item| item.patients.contains(patient))
        .count();
    let account = actor.map(|actor| actor.account);
    Some(Looked {
        time,
        account,
        request,
        interaction,
        basis,
        count,
    })
}
