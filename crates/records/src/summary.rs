//! A patient's page: one grant, one disclosure.

use ward_access::{Read, Relationship, Target};
use ward_core::PatientId;
use ward_crypto::Token;
use ward_fhir::search::SearchQuery;
use ward_log::Interaction;
use ward_store::Undisclosed;

use crate::{
    Because, Door, Error, Section, SectionKind, Summary, Version, limits, search::Sieve,
    write::Author,
};

impl Door<'_> {
    /// What a patient's page shows: the patient, and of each part of the record that this account
    /// may see the newest, by the date of what happened.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such patient, or not for this account;
    /// [`Error::Gone`].
    pub async fn summary(&self, patient: &PatientId) -> Result<Summary, Error> {
        let (grant, located) = self.granted::<Read>(&patient.key()).await?;
        if located.deleted {
            let version = self.fetch(&grant, located.seq)?;
            self.disclose(grant, Interaction::Read, version).await?;
            return Err(Error::Gone);
        }
        let subject = self.own.store.subject(patient);
        let because = self.reasons(&subject)?;
        let mut sections = Vec::with_capacity(SectionKind::ALL.len());
        for kind in SectionKind::ALL {
            sections.extend(self.section(kind, &subject).await?);
        }
        let patient = self.fetch(&grant, located.seq)?;
        let summary = patient.and(Undisclosed::gather(sections));
        let summary = summary.open(&self.own.keys, |(patient, sections)| Summary {
            patient,
            because,
            sections,
        });
        self.disclose(grant, Interaction::Summary, summary).await
    }

    /// A part of the record; none where the account may not see it.
    async fn section(
        &self,
        kind: SectionKind,
        subject: &Token,
    ) -> Result<Option<Undisclosed<Section>>, Error> {
        let through = self.relationships(&[*subject])?;
        let mut found = Vec::new();
        let mut permitted = false;
        for resource_type in kind.resource_types() {
            if self.may_search(resource_type, &through) {
                permitted = true;
                let query =
                    Author::Account(self).parse(resource_type, &newest_first(resource_type))?;
                found.extend(self.rows_in_record(&query, subject).await?);
            }
        }
        if !permitted {
            return Ok(None);
        }
        found.sort_by(|one, two| one.0.cmp(&two.0));
        let more = found.len() > limits::SUMMARY_ROWS;
        let mut items = Vec::new();
        for (_, row) in found.into_iter().take(limits::SUMMARY_ROWS) {
            items.push(self.open_row(row)?);
        }
        let items = Undisclosed::gather(items);
        Ok(Some(items.open(&self.own.keys, |items| Section {
            kind,
            items,
            more,
        })))
    }

    fn may_search(&self, resource_type: &str, through: &[Option<Relationship>]) -> bool {
        let target = Target::resource_type(self.own.keys.ods(), resource_type).about(through);
        self.decide::<ward_access::Search>(&target).is_ok()
    }

    async fn rows_in_record(
        &self,
        query: &SearchQuery,
        subject: &Token,
    ) -> Result<Vec<(ward_fhir::search::SortKey, u64)>, Error> {
        let author = Author::Account(self);
        let mut sieve = Sieve::new(&author, query, ward_access::Reach::Organisation)?;
        sieve.only_in_record_of(subject);
        sieve.newest_rows(limits::SUMMARY_CANDIDATES).await
    }

    fn open_row(&self, row: u64) -> Result<Undisclosed<Version>, Error> {
        let version = self.own.store.read(row)?;
        version.try_open(&self.own.keys, |sealed| {
            let version = self.own.open(sealed)?;
            self.budget.give(version.body.len())?;
            Ok(version)
        })
    }

    /// Why the account may see a patient, as far as it holds now.
    pub(crate) fn reasons(&self, subject: &Token) -> Result<Vec<Because>, Error> {
        let now = self.records.clock.now();
        let all = self.relationships_with(subject)?;
        let in_force = all
            .into_iter()
            .filter(|relationship| relationship.in_force(now));
        let because = |Relationship {
                           kind,
                           start,
                           end,
                           source,
                       }| Because {
            kind,
            start,
            end,
            source,
        };
        Ok(in_force.map(because).collect())
    }
}

/// By the date of what happened, where R4 has a search parameter for it.
fn newest_first(resource_type: &str) -> Vec<(String, String)> {
    let parameter = match resource_type {
        "Condition" => "-recorded-date",
        "MedicationRequest" => "-authoredon",
        "MedicationStatement" => "-effective",
        _ => "-date",
    };
    vec![("_sort".to_owned(), parameter.to_owned())]
}
