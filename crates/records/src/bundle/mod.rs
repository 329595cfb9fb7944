//! transaction and batch (FHIR R4, http 3.1.0.11).

mod batch;
mod links;
mod step;
mod transaction;

use ward_core::limits::BUNDLE_READS;
use ward_fhir::{Bundle, BundleKind, Issue, IssueCode, Method, Resource};

pub(crate) use links::{Links, conditional, dangling};
pub use step::version_of_etag;
pub(crate) use step::within_entry;

use crate::{Door, EntryOutcome, Error};

impl Door<'_> {
    /// Acts upon a transaction, all of it or nothing, or a batch, each entry by itself. The outcomes
    /// stand in the order of the entries.
    ///
    /// # Errors
    /// Of a transaction [`Error::Entry`] with the first entry that failed, or [`Error::Invalid`]
    /// with everything that is wrong in any of them; of both, what is wrong with the bundle itself.
    pub async fn bundle(&self, bundle: &Resource) -> Result<Vec<EntryOutcome>, Error> {
        let bundle = Bundle::read(bundle).map_err(|issue: Issue| Error::Invalid(vec![issue]))?;
        match bundle.kind {
            BundleKind::Transaction => self.transaction(bundle).await,
            BundleKind::Batch => {
                within_reads(&bundle)?;
                Ok(self.batch(bundle).await)
            }
        }
    }
}

/// Refuses a bundle that asks for more than one request may be given.
fn within_reads(bundle: &Bundle<'_>) -> Result<(), Error> {
    let entries = bundle.entries.iter().flatten();
    let reads = entries.filter(|entry| entry.method == Method::Get).count();
    if reads > BUNDLE_READS {
        let what = "at most 100 entries may read or search";
        return Err(Error::invalid(IssueCode::TooLong, "Bundle.entry", what));
    }
    Ok(())
}
