//! Looking at what was opened in an emergency, afterwards.

use ward_access::{Grant, ReadLog, ReadSecurity, Refused, Target};
use ward_core::{PatientId, limits};
use ward_log::{Interaction, RefusalReason};

use super::{BrokenGlass, Review, is_plain};
use crate::{Door, Error};

impl Door<'_> {
    /// What was opened in an emergency, the newest first: what nobody has looked at, and the rest
    /// of a year. For those who see both how accounts are secured and who looked at whom.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn broken_glass(&self) -> Result<Vec<BrokenGlass>, Error> {
        let grant = self.oversees().await?;
        let now = self.records.clock.now();
        let since = now - limits::BREAK_GLASS_SHOWN;
        let mut all = self.own.all_broken_glass(now)?;
        all.retain(|one| one.reviewed.is_none() || one.began > since);
        all.sort_by_key(|one| std::cmp::Reverse(one.began));
        let patients: Vec<PatientId> = all.iter().map(|one| one.patient.clone()).collect();
        let told = self.own.store.told_of(&patients);
        let told = told.open(&self.own.keys, |()| all);
        self.disclose(grant, Interaction::Security, told).await
    }

    /// How many nobody has looked at yet; none for those whose role does not look at them.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Unreadable`].
    pub fn broken_glass_to_review(&self) -> Result<Option<usize>, Error> {
        if self.may_oversee().is_err() {
            return Ok(None);
        }
        let all = self.own.all_broken_glass(self.records.clock.now())?;
        let waiting = all.iter().filter(|one| one.reviewed.is_none());
        Ok(Some(waiting.count()))
    }

    /// Says of one that somebody has looked at it, and what was found. Once: what was said stays.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::NotFound`]; [`Error::Emergency`] for one's own, one that was
    /// reviewed, or without notes.
    pub async fn review_broken_glass(
        &self,
        id: &str,
        in_order: bool,
        notes: &str,
    ) -> Result<(), Error> {
        self.oversees().await?;
        let (now, notes) = (self.records.clock.now(), notes.trim());
        let turn = self.own.keys.token("break-glass", &[id.as_bytes()]);
        let _turn = self.own.contended.hold([turn]).await;
        let broken = self.own.broken_glass(id, now)?.ok_or(Error::NotFound)?;
        if broken.account == self.assured().account() {
            return Err(Error::Emergency("somebody else looks at what you opened"));
        }
        if broken.reviewed.is_some() {
            return Err(Error::Emergency("somebody has looked at it before"));
        }
        if !is_plain(notes, 1, limits::BREAK_GLASS_REASON_MAX) {
            return Err(Error::Emergency(
                "say what you found, in up to 500 characters",
            ));
        }
        let reviewed = Some(Review {
            by: self.assured().account(),
            at: now,
            in_order,
            notes: notes.to_owned(),
        });
        let broken = BrokenGlass { reviewed, ..broken };
        let kept = self.own.keep_broken_glass(self.records, &broken)?;
        self.commit_broken(vec![kept]).await?;
        self.own.remember(broken, now)
    }

    async fn oversees(&self) -> Result<Grant<ReadLog>, Error> {
        match self.may_oversee() {
            Ok(grant) => Ok(grant),
            Err(Refused { reason }) => self.refuse("review-break-glass", None, reason).await,
        }
    }

    fn may_oversee(&self) -> Result<Grant<ReadLog>, Refused> {
        if self.limits.is_some() {
            let reason = RefusalReason::OutsideScopes;
            return Err(Refused { reason });
        }
        let ods = self.own.keys.ods();
        self.decide::<ReadSecurity>(&Target::accounts(ods))?;
        self.decide::<ReadLog>(&Target::log(ods).about(&[None]))
    }
}
