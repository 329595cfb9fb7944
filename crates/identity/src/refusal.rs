//! What was refused to somebody who wanted to change accounts, written down.

use ward_core::RequestId;
use ward_log::{Event, RefusalReason};

use crate::{Assured, Error, Identity, ledger::Changes};

impl Identity {
    /// Writes down that policy refused an action on accounts. Reads of patients are written down
    /// at their own door.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn refused(
        &self,
        assured: &Assured,
        action: &str,
        reason: RefusalReason,
        request: RequestId,
    ) -> Result<(), Error> {
        let event = Event::Refusal {
            action: action.to_owned(),
            resource: None,
            reason,
        };
        let changes = Changes::default().event(event);
        let actor = Some(assured.actor());
        self.commit(assured.organisation(), actor, Some(request), changes)
            .await
    }
}
