//! Who looked at whom: the log's disclosures by patient and by account.

use std::ops::ControlFlow;

use ward_core::{AccountId, PatientId};
use ward_log::{Entry, Event, Item};

use super::OrganisationStore;
use crate::{
    StoreError, Undisclosed,
    index::key::{self, Range},
    limits, tokens,
    writer::Message,
};

impl OrganisationStore {
    /// Who looked at a patient, newest first: up to `limit` entries, of before the entry `before`.
    ///
    /// The list itself tells of the patient, and so comes out undisclosed; in the log it stands
    /// under the patient's resource, version 0.
    pub async fn disclosures_of_patient(
        &self,
        patient: &PatientId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Undisclosed<Vec<Entry>>, StoreError> {
        let range = key::by_subject_before(&self.subject(patient), before);
        let entries = self.disclosures(&range, limit).await?;
        Ok(Undisclosed::new(self.ods(), entries, vec![about(patient)]))
    }

    /// What an account looked at, newest first, in the same way; it tells of all those patients.
    pub async fn disclosures_by_account(
        &self,
        account: &AccountId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Undisclosed<Vec<Entry>>, StoreError> {
        let range = key::by_account_before(&tokens::account(&self.shared().keys, account), before);
        let entries = self.disclosures(&range, limit).await?;
        let mut patients: Vec<_> = entries.iter().flat_map(patients).collect();
        patients.sort_unstable();
        patients.dedup();
        let items = patients.into_iter().map(about).collect();
        Ok(Undisclosed::new(self.ods(), entries, items))
    }

    /// Says that something is told of these patients which is in no resource: that a search found
    /// nothing of theirs, or how many. In the log they stand as those whose list is read do.
    pub fn told_of(&self, patients: &[PatientId]) -> Undisclosed<()> {
        Undisclosed::new(self.ods(), (), patients.iter().map(about).collect())
    }

    async fn disclosures(
        &self,
        (from, to): &Range,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        // Their rows are applied a little later than their entries are durable.
        self.ask(|answer| Message::Flush { answer }).await?;
        let limit = limit.min(limits::DISCLOSURES_PAGE);
        let shared = self.shared();
        let rows: Vec<_> = shared.read(|view| {
            let mut rows = Vec::new();
            if limit > 0 {
                view.scan(from, to, &mut |key, _| {
                    rows.push(key::row(key));
                    if rows.len() < limit {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                })?;
            }
            rows.into_iter().collect::<Result<_, _>>()
        })?;
        let entries = rows
            .into_iter()
            .map(|row| shared.entry(row)?.ok_or_else(|| shared.doubt(ABSENT)));
        entries.collect()
    }
}

const ABSENT: StoreError = StoreError::Corrupt("the view points past the end of the log");

fn about(patient: &PatientId) -> Item {
    Item {
        resource: patient.key(),
        version: 0,
        patients: vec![patient.clone()],
    }
}

fn patients(entry: &Entry) -> impl Iterator<Item = &PatientId> {
    let items = match &entry.event {
        Event::Disclosure { items, .. } => items.as_slice(),
        _ => &[],
    };
    items.iter().flat_map(|item| &item.patients)
}
