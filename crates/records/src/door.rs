//! One account's way in, for one request.

use ward_access::{Action, Asker, Grant, Refused, Target};
use ward_core::{RequestId, ResourceKey};
use ward_identity::{Assured, Role};
use ward_log::{Event, Interaction, Purpose, RefusalReason};
use ward_store::{Batch, Operation, Undisclosed};

use crate::{Error, Records, budget::Budget, records::Organisation, scope::Limits};

/// One account's way to its organisation's records, for one request.
///
/// There is a file for each thing that can be done: `read`, `write`, `search`, `summary`, ...
pub struct Door<'a> {
    pub(crate) records: &'a Records,
    pub(crate) own: &'a Organisation,
    pub(crate) asker: Asker<'a>,
    pub(crate) request: RequestId,
    pub(crate) purpose: Purpose,
    pub(crate) budget: Budget,
    /// What the scopes of an app or a service leave; none of a person's own session.
    pub(crate) limits: Option<Limits>,
}

impl<'a> Door<'a> {
    pub(crate) fn new(
        records: &'a Records,
        own: &'a Organisation,
        assured: &'a Assured,
        request: RequestId,
    ) -> Self {
        let asker = records.access.asker(assured);
        Self {
            records,
            own,
            asker,
            request,
            purpose: purpose_of(assured.role()),
            budget: Budget::default(),
            limits: Limits::of(assured, records, own),
        }
    }

    /// Whose door it is.
    pub fn assured(&self) -> &Assured {
        self.asker.assured()
    }

    /// Asks the policies, and then the scopes.
    pub(crate) fn decide<A: Action>(&self, target: &Target<'_>) -> Result<Grant<A>, Refused> {
        let grant = self.asker.decide::<A>(target, self.purpose)?;
        self.check_type::<A>(grant.resource_type())?;
        Ok(grant)
    }

    /// Gives a value out, once it is written down by whose grant. The grant is used up.
    pub(crate) async fn disclose<A: Action, T>(
        &self,
        grant: Grant<A>,
        interaction: Interaction,
        value: Undisclosed<T>,
    ) -> Result<T, Error> {
        let (actor, basis) = (grant.actor().clone(), grant.basis().clone());
        let disclosed =
            self.own
                .store
                .disclose(Some(actor), Some(self.request), interaction, basis, value);
        Ok(disclosed.await?)
    }

    /// Writes a refusal down. The caller is told the same as for what does not exist, at the cost
    /// of the same entry.
    pub(crate) async fn note_refusal(
        &self,
        action: &str,
        resource: Option<ResourceKey>,
        reason: RefusalReason,
    ) -> Result<(), Error> {
        let event = Event::Refusal {
            action: action.to_owned(),
            resource,
            reason,
        };
        self.note(vec![event]).await
    }

    /// Writes down what happened.
    pub(crate) async fn note(&self, events: Vec<Event>) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let batch = Batch {
            request: Some(self.request),
            actor: Some(self.assured().actor()),
            time: None,
            operations: events.into_iter().map(Operation::Record).collect(),
        };
        self.own.store.commit(batch).await?;
        Ok(())
    }

    /// Refuses to say whether there is such a resource.
    pub(crate) async fn hide<T, A: Action>(
        &self,
        key: &ResourceKey,
        reason: RefusalReason,
    ) -> Result<T, Error> {
        self.note_refusal(A::VERB.as_str(), Some(key.clone()), reason)
            .await?;
        Err(Error::NotFound)
    }

    /// Refuses what this account may not do to anything of the kind.
    pub(crate) async fn refuse<T>(
        &self,
        action: &str,
        resource: Option<ResourceKey>,
        reason: RefusalReason,
    ) -> Result<T, Error> {
        self.note_refusal(action, resource, reason).await?;
        Err(Error::Refused)
    }
}

/// What an account of a role is at work for, unless it says otherwise.
const fn purpose_of(role: Role) -> Purpose {
    match role {
        Role::Clinician | Role::CallHandler | Role::Carer | Role::Service => Purpose::DirectCare,
        Role::Receptionist | Role::Administrator | Role::Device => Purpose::Administration,
        Role::InformationGovernance => Purpose::Audit,
    }
}
