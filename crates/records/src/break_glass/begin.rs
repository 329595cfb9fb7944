//! Opening a record in an emergency.

use ward_access::{BreakGlass, Refused, Target};
use ward_core::{PatientId, RequestId, limits};
use ward_log::{Basis, Event, Interaction, Item, Purpose, RefusalReason, RelationshipKind};
use ward_store::{Batch, Operation};

use super::{BrokenGlass, is_plain, kept::source};
use crate::{Door, Error};

impl Door<'_> {
    /// Whether the account could open this record in an emergency: for a page that offers it. Asks,
    /// and tells nothing of whether there is such a patient.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Store`].
    pub fn may_break_glass(&self, patient: &PatientId) -> Result<bool, Error> {
        let related = self.relationships(&[self.own.store.subject(patient)])?;
        let now = self.records.clock.now();
        let in_force = related.iter().flatten().any(|one| one.in_force(now));
        Ok(!in_force && self.asks_to_break_glass(patient).is_ok())
    }

    /// Opens a record in an emergency, for [`limits::BREAK_GLASS`]: a relationship like others, as
    /// soon as it is durable. The patient's list of who looked says so, and information governance
    /// looks at the reason.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such patient, or the account may not;
    /// [`Error::Emergency`] without a reason, with a relationship already, or where the account has
    /// as many open as it may.
    pub async fn break_glass(
        &self,
        patient: &PatientId,
        reason: &str,
    ) -> Result<BrokenGlass, Error> {
        let (key, now) = (patient.key(), self.records.clock.now());
        let known = self.own.store.locate(&key)?;
        let known = known.is_some_and(|located| !located.deleted);
        let refusal = match self.asks_to_break_glass(patient) {
            Ok(()) if known => None,
            Ok(()) => Some(RefusalReason::Unknown),
            Err(Refused { reason }) => Some(reason),
        };
        if let Some(reason) = refusal {
            return self.hide::<_, BreakGlass>(&key, reason).await;
        }
        let reason = reason.trim();
        if !is_plain(
            reason,
            limits::BREAK_GLASS_REASON_MIN,
            limits::BREAK_GLASS_REASON_MAX,
        ) {
            return Err(Error::Emergency("say why, in 10 to 500 characters"));
        }
        if !self.may_break_glass(patient)? {
            return Err(Error::Emergency("the record is open to you already"));
        }
        // One at a time, so that the count stays right.
        let account = self.assured().account();
        let turn = self.own.keys.token("break-glass", &[account.as_bytes()]);
        let _turn = self.own.contended.hold([turn]).await;
        let opened = self.own.opened_by(account, now)?;
        if opened.len() >= limits::BREAK_GLASS_OPEN {
            self.note_refusal("break-glass", Some(key), RefusalReason::Brake)
                .await?;
            let why = "you have as many records open in an emergency as one may: ask a colleague";
            return Err(Error::Emergency(why));
        }
        let id = RequestId::random(&*self.records.random).to_string();
        let broken = BrokenGlass {
            source: source(&id)?,
            account,
            patient: patient.clone(),
            reason: reason.to_owned(),
            began: now,
            ends: now + limits::BREAK_GLASS,
            reviewed: None,
        };
        self.write_broken(&broken).await?;
        Ok(broken)
    }

    /// Policy's answer; through an app nobody breaks the glass.
    fn asks_to_break_glass(&self, patient: &PatientId) -> Result<(), Refused> {
        if self.limits.is_some() {
            let reason = RefusalReason::OutsideScopes;
            return Err(Refused { reason });
        }
        let key = patient.key();
        let target = Target::resource(self.own.keys.ods(), &key).about(&[None]);
        self.asker
            .decide::<BreakGlass>(&target, Purpose::Emergency)
            .map(drop)
    }

    /// The fact, and what the patient's list of who looked shows of it.
    async fn write_broken(&self, broken: &BrokenGlass) -> Result<(), Error> {
        let told = Event::Disclosure {
            interaction: Interaction::BreakGlass,
            items: vec![Item {
                resource: broken.patient.key(),
                version: 0,
                patients: vec![broken.patient.clone()],
            }],
            basis: Basis {
                purpose: Purpose::Emergency,
                relationship: Some(RelationshipKind::BreakGlass),
                source: Some(broken.source.to_string()),
            },
        };
        let kept = self.own.keep_broken_glass(self.records, broken)?;
        self.commit_broken(vec![kept, Operation::Record(told)])
            .await?;
        self.own.remember(broken.clone(), broken.began)
    }

    pub(super) async fn commit_broken(&self, operations: Vec<Operation>) -> Result<(), Error> {
        let batch = Batch {
            request: Some(self.request),
            actor: Some(self.assured().actor()),
            time: None,
            operations,
        };
        self.own.store.commit(batch).await?;
        Ok(())
    }
}
