//! The steps of a policy, each with the grant that it wants.

use std::sync::Arc;

use parking_lot::Mutex;
use ward_core::{Ods, RequestId, limits};
use ward_identity::Assured;

use super::{
    Kept, OwnPolicies, OwnPolicyError, PolicyView, ProofView,
    record::{Record, Step},
    views::found,
};
use crate::{
    Approve, Contain, Grant, ManagePolicy, OrganisationPolicy, ReadSecurity,
    proof::{Examined, Line, ProofError},
};

impl OwnPolicies {
    /// The policies of an organisation, the newest first.
    ///
    /// # Errors
    /// [`OwnPolicyError::NoSuchPolicy`] for an organisation that is not here.
    pub fn list(&self, grant: &Grant<ReadSecurity>) -> Result<Vec<PolicyView>, OwnPolicyError> {
        let kept = self.shelf(grant.organisation())?.kept.lock();
        let newest = kept.versions.iter().rev();
        Ok(newest
            .map(|(number, record)| kept.view(*number, record))
            .collect())
    }

    /// Keeps a text as the organisation's draft, in place of the draft before it, and begins to
    /// prove it. Nothing is in force by this. Gives its number.
    ///
    /// # Errors
    /// [`OwnPolicyError::Policy`] for a text that is no policy; [`OwnPolicyError::NotPossible`]
    /// while the draft before it is being proved; [`OwnPolicyError::Identity`].
    pub async fn write(
        self: &Arc<Self>,
        grant: Grant<ManagePolicy>,
        author: &Assured,
        text: &str,
        request: RequestId,
    ) -> Result<u32, OwnPolicyError> {
        let policy = OrganisationPolicy::read(grant.organisation(), text)?;
        let shelf = self.shelf(grant.organisation())?;
        let _changing = shelf.changing.lock().await;
        let written = Step::new(author.account(), self.clock.now());
        let (number, before, forgotten) = shelf.kept.lock().room(written)?;
        let record = Record {
            text: text.to_owned(),
            written,
            activated: None,
            narrowed: None,
            replaced: None,
            withdrawn: None,
        };
        let change: Vec<_> = before.into_iter().chain([(number, record)]).collect();
        self.identity
            .keep_policies(author, &change, &forgotten, request)
            .await?;
        shelf.kept.lock().take_in(change, &forgotten);
        let (all, kept) = (Arc::clone(self), Arc::clone(&shelf.kept));
        kept.lock().begins(number);
        tokio::spawn(async move {
            all.examine(&kept, number, policy).await.ok();
        });
        Ok(number)
    }

    /// Drops a draft.
    ///
    /// # Errors
    /// [`OwnPolicyError::NoSuchPolicy`] for what is no draft, or no more;
    /// [`OwnPolicyError::Identity`].
    pub async fn withdraw(
        &self,
        grant: Grant<ManagePolicy>,
        author: &Assured,
        number: u32,
        request: RequestId,
    ) -> Result<(), OwnPolicyError> {
        let shelf = self.shelf(grant.organisation())?;
        let _changing = shelf.changing.lock().await;
        let draft = shelf.kept.lock().draft_of(number)?;
        let withdrawn = Some(Step::new(author.account(), self.clock.now()));
        let change = [(number, Record { withdrawn, ..draft })];
        self.identity
            .keep_policies(author, &change, &[], request)
            .await?;
        shelf.kept.lock().take_in(change, &[]);
        Ok(())
    }

    /// Puts somebody else's draft in force, in place of what is: proved once more, this very text,
    /// and durable before it counts.
    ///
    /// # Errors
    /// [`OwnPolicyError::NoSuchPolicy`]; [`OwnPolicyError::NotPossible`] for who wrote it;
    /// [`OwnPolicyError::Proof`] without a solver, [`OwnPolicyError::Broken`];
    /// [`OwnPolicyError::Identity`].
    pub async fn activate(
        &self,
        grant: Grant<Approve>,
        other: &Assured,
        number: u32,
        request: RequestId,
    ) -> Result<(), OwnPolicyError> {
        let shelf = self.shelf(grant.organisation())?;
        let _changing = shelf.changing.lock().await;
        let draft = shelf.kept.lock().draft_of(number)?;
        if draft.written.by == other.account() {
            let why = "one writes a policy, and another puts it in force";
            return Err(OwnPolicyError::NotPossible(why));
        }
        self.writer_stands(grant.organisation(), &draft)?;
        let policy = OrganisationPolicy::read(grant.organisation(), &draft.text)?;
        shelf.kept.lock().begins(number);
        let examined = self.examine(&shelf.kept, number, policy).await?;
        let Some(proven) = examined.proven else {
            return Err(shelf.kept.lock().why_not(number));
        };
        let said = Step::new(other.account(), self.clock.now());
        let activated = Record {
            activated: Some(said),
            ..draft
        };
        let before = shelf.kept.lock().adopted().map(|(number, record)| {
            let replaced = Some(said);
            let record = Record {
                replaced,
                ..record.clone()
            };
            (number, record)
        });
        let change: Vec<_> = before.into_iter().chain([(number, activated)]).collect();
        self.identity
            .keep_policies(other, &change, &[], request)
            .await?;
        self.access.activate(proven);
        let mut kept = shelf.kept.lock();
        kept.take_in(change, &[]);
        kept.whole = Some(number);
        Ok(())
    }

    /// Takes the permits of what is in force out of it; its forbids stay. One person may: it only
    /// takes away. To take the forbids away, too, a policy without them is written and put in
    /// force, which are two people.
    ///
    /// # Errors
    /// [`OwnPolicyError::NoSuchPolicy`] where none of this number is in force;
    /// [`OwnPolicyError::Identity`]: its permits are out of force until the next start all the same.
    pub async fn narrow(
        &self,
        grant: Grant<Contain>,
        author: &Assured,
        number: u32,
        request: RequestId,
    ) -> Result<(), OwnPolicyError> {
        let ods = grant.organisation();
        let shelf = self.shelf(ods)?;
        let _changing = shelf.changing.lock().await;
        let adopted = shelf
            .kept
            .lock()
            .adopted()
            .map(|(n, record)| (n, record.clone()));
        let Some((_, record)) = adopted.filter(|(adopted, _)| *adopted == number) else {
            return Err(OwnPolicyError::NoSuchPolicy);
        };
        if !self.identity.is_in_force(author) {
            return Err(ward_identity::Error::FreshProof.into());
        }
        // Taken away in memory first.
        self.only_take_away(ods, &record.text)?;
        shelf.kept.lock().whole = None;
        let narrowed = Some(Step::new(author.account(), self.clock.now()));
        let change = [(number, Record { narrowed, ..record })];
        self.identity
            .keep_policies(author, &change, &[], request)
            .await?;
        shelf.kept.lock().take_in(change, &[]);
        Ok(())
    }

    /// Whether who wrote a draft is not shut out since: or one person would be two.
    fn writer_stands(&self, ods: &Ods, draft: &Record) -> Result<(), OwnPolicyError> {
        let writer = self.identity.account(ods, draft.written.by);
        if writer.is_none_or(|writer| writer.suspended()) {
            return Err(OwnPolicyError::NotPossible("who wrote it is suspended"));
        }
        Ok(())
    }

    /// Proves a policy, and tells of it while it goes on.
    pub(super) async fn examine(
        &self,
        kept: &Arc<Mutex<Kept>>,
        number: u32,
        policy: OrganisationPolicy,
    ) -> Result<Examined, ProofError> {
        let telling = Arc::clone(kept);
        let each = move |_: &Line| {
            if let Some(ProofView::UnderWay { asked }) = telling.lock().proofs.get_mut(&number) {
                *asked += 1;
            }
        };
        let examined = self.prover.organisation(policy, each).await;
        let mut kept = kept.lock();
        if kept.versions.contains_key(&number) {
            kept.proofs.insert(number, found(&examined));
        }
        drop(kept);
        examined
    }
}

/// The number of a draft, the draft that it takes the place of, and what is forgotten for it.
type Room = (u32, Option<(u32, Record)>, Vec<u32>);

impl Kept {
    pub(super) fn begins(&mut self, number: u32) {
        let proof = ProofView::UnderWay { asked: 0 };
        self.proofs.insert(number, proof);
    }

    /// The number of the next draft, the draft that it takes the place of, and what is kept no
    /// longer. A number is never used twice: who says yes to one has read that text.
    fn room(&self, step: Step) -> Result<Room, OwnPolicyError> {
        let last = self
            .versions
            .last_key_value()
            .map_or(0, |(number, _)| *number);
        let draft = self.draft();
        let is_proved = |(number, _): &(u32, _)| {
            let proof = self.proofs.get(number);
            matches!(proof, Some(ProofView::UnderWay { .. }))
        };
        if draft.as_ref().is_some_and(is_proved) {
            let why = "the draft before it is being proved: wait a moment";
            return Err(OwnPolicyError::NotPossible(why));
        }
        let before = draft.map(|(number, record)| {
            let withdrawn = Some(step);
            let record = record.clone();
            (
                number,
                Record {
                    withdrawn,
                    ..record
                },
            )
        });
        let surplus = (self.versions.len() + 1).saturating_sub(limits::POLICY_VERSIONS);
        let over = self.versions.iter().filter(|(_, record)| record.is_over());
        let forgotten = over.map(|(number, _)| *number).take(surplus).collect();
        Ok((last + 1, before, forgotten))
    }

    fn draft_of(&self, number: u32) -> Result<Record, OwnPolicyError> {
        let draft = self.draft().filter(|(draft, _)| *draft == number);
        draft
            .map(|(_, record)| record.clone())
            .ok_or(OwnPolicyError::NoSuchPolicy)
    }

    fn take_in(&mut self, kept: impl IntoIterator<Item = (u32, Record)>, forgotten: &[u32]) {
        self.versions.extend(kept);
        for number in forgotten {
            self.versions.remove(number);
            self.proofs.remove(number);
        }
    }

    pub(super) fn why_not(&self, number: u32) -> OwnPolicyError {
        match self.proofs.get(&number) {
            Some(ProofView::Broken(sentences)) => OwnPolicyError::Broken(sentences.clone()),
            _ => OwnPolicyError::NoSuchPolicy,
        }
    }
}
