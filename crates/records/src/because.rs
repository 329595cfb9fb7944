//! "You can see this because ..."

use ward_access::Read;
use ward_core::PatientId;
use ward_log::Interaction;

use crate::{Because, Door, Error};

impl Door<'_> {
    /// Why the account may see a patient: the relationships that hold now. None, where its role
    /// alone lets it see who the patient is.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such patient, or not for this account.
    pub async fn because(&self, patient: &PatientId) -> Result<Vec<Because>, Error> {
        let (grant, located) = self.granted::<Read>(&patient.key()).await?;
        let because = self.reasons(&self.own.store.subject(patient))?;
        // That they are related is a fact of the patient's: it is written down as such.
        let because = self
            .own
            .store
            .read(located.seq)?
            .open(&self.own.keys, |_| because);
        self.disclose(grant, Interaction::Because, because).await
    }
}
