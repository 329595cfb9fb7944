//! The steps of a recovery, each asked for by its own person, in one order.

use std::sync::Arc;

use tokio::sync::MutexGuard;
use ward_core::{AccountId, limits};

use super::{Recovery, RecoveryStep, RecoveryView};
use crate::{
    Assured, Caller, EnrolmentLink, Error, Identity,
    account::Member,
    enrolment::Link,
    ledger::Changes,
    record::{LinkRecord, key},
    step_up::acts_themself,
    token::{new_token, same},
};

impl Identity {
    /// The recovery of an account of the own organisation that is under way.
    pub fn recovery(&self, by: &Assured, account: AccountId) -> Option<RecoveryView> {
        let member = self.member_of(by.organisation(), account).ok()?;
        let now = self.now();
        let under_way = member.recovery.lock().clone();
        under_way
            .filter(|recovery| !recovery.is_over(now))
            .map(|recovery| recovery.view(account, now))
    }

    /// Opens a recovery. Whether the account's role may is for policy to say before; that the
    /// proof is fresh and can't be phished is asked here, too.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NoSuchAccount`]; [`Error::NotPossible`] for oneself, a
    /// suspended account, one that has no factor to lose, one that is being recovered, or without
    /// notes.
    pub async fn open_recovery(
        &self,
        by: &Assured,
        account: AccountId,
        notes: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let (_changing, member) = self.another(by, account).await?;
        let notes = notes.trim();
        let is_plain = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
        let chars = notes.chars().count();
        if !(1..=limits::RECOVERY_NOTES_CHARS).contains(&chars) || !notes.chars().all(is_plain) {
            return Err(Error::NotPossible(
                "write down what you saw, in up to 2,000 characters",
            ));
        }
        if member.credentials.lock().is_empty() {
            return Err(Error::NotPossible(
                "the account has no way to sign in yet: it gets a new link",
            ));
        }
        let now = self.now();
        let is_open = |recovery: &Recovery| !recovery.is_over(now);
        if member.recovery.lock().as_ref().is_some_and(is_open) {
            return Err(Error::NotPossible("the account is being recovered"));
        }
        let (id, _) = new_token(&*self.random);
        let opened = Recovery {
            id: id.expose().clone(),
            opened_by: by.account(),
            opened_at_micros: now.as_micros(),
            notes: notes.to_owned(),
            approved_by: None,
            approved_at_micros: None,
            link_taken: false,
        };
        self.keep(by, &member, opened, Changes::default(), caller)
            .await
    }

    /// Approves a recovery that somebody else opened. From now the delay runs.
    ///
    /// # Errors
    /// As [`Identity::open_recovery`]; [`Error::NotPossible`] for who opened it, or where it was
    /// approved, stopped or is over.
    pub async fn approve_recovery(
        &self,
        by: &Assured,
        account: AccountId,
        recovery: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let (_changing, member, opened) = self.anothers(by, account, recovery).await?;
        if opened.opened_by == by.account() {
            return Err(Error::NotPossible("somebody else approves what you opened"));
        }
        if opened.approved_by.is_some() {
            return Err(Error::NotPossible("the recovery was approved before"));
        }
        self.stands_for(by, opened.opened_by)?;
        let approved = Recovery {
            approved_by: Some(by.account()),
            approved_at_micros: Some(self.now().as_micros()),
            ..opened
        };
        self.keep(by, &member, approved, Changes::default(), caller)
            .await
    }

    /// Stops a recovery, and its link with it. The person may, from any session; who else may is
    /// for policy to say before. Nothing is asked of the proof: to stop is the safe side.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`]; [`Error::NotPossible`] where it is over, or was finished.
    pub async fn stop_recovery(
        &self,
        by: &Assured,
        account: AccountId,
        recovery: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let of = self.organisation(by.organisation())?;
        let _changing = of.changing.lock().await;
        if !self.is_in_force(by) {
            return Err(Error::FreshProof);
        }
        let member = self.member_of(by.organisation(), account)?;
        self.under_way(&member, recovery)?;
        self.drop_recovery(&member);
        let changes = Changes::default()
            .remove(key::recovery(account))
            .remove(key::link(account));
        let actor = Some(by.actor());
        self.commit(by.organisation(), actor, caller.request, changes)
            .await
    }

    /// Takes the link of a recovery whose delay is over: once, and who opened it. It enrols, and
    /// begins no session.
    ///
    /// # Errors
    /// As [`Identity::approve_recovery`]; [`Error::NotPossible`] where it was not approved, waits,
    /// or its link was taken, or where who approved it is shut out.
    pub async fn recovery_link(
        &self,
        by: &Assured,
        account: AccountId,
        recovery: &str,
        caller: &Caller<'_>,
    ) -> Result<EnrolmentLink, Error> {
        let (_changing, member, approved) = self.anothers(by, account, recovery).await?;
        if approved.opened_by != by.account() {
            return Err(Error::NotPossible("who opened the recovery takes its link"));
        }
        match (approved.step(self.now()), approved.approved_by) {
            (RecoveryStep::Ready, Some(other)) => self.stands_for(by, other)?,
            (RecoveryStep::Opened, _) => {
                return Err(Error::NotPossible("somebody else must approve it first"));
            }
            (RecoveryStep::Waiting { .. }, _) => {
                return Err(Error::NotPossible("it can still be stopped: wait"));
            }
            _ => return Err(Error::NotPossible("its link was taken before")),
        }
        let (token, hash) = new_token(&*self.random);
        let expires = self.now() + limits::RECOVERY_LINK;
        let record = LinkRecord {
            hash: hash.0,
            expires_micros: expires.as_micros(),
            recovers: true,
        };
        let taken = Recovery {
            link_taken: true,
            ..approved
        };
        let changes = Changes::default().put(key::link(account), &record)?;
        self.keep(by, &member, taken, changes, caller).await?;
        let link = Link {
            member,
            expires,
            recovers: true,
        };
        let mut links = self.links.write();
        links.retain(|_, link| link.member.account().id != account);
        links.insert(hash, link);
        Ok(EnrolmentLink {
            account,
            token,
            expires,
        })
    }

    /// Somebody else's account of the own organisation, for one whose proof suffices: asked while
    /// nothing else changes accounts.
    async fn another(
        &self,
        by: &Assured,
        account: AccountId,
    ) -> Result<(MutexGuard<'_, ()>, Arc<Member>), Error> {
        let changing = self.organisation(by.organisation())?.changing.lock().await;
        let is_fresh = self.now().since(by.proved_at()) <= limits::FRESH_PROOF;
        let suffices = is_fresh && by.phishing_resistant() && acts_themself(by);
        if !suffices || !self.is_in_force(by) {
            return Err(Error::FreshProof);
        }
        let member = self.member_of(by.organisation(), account)?;
        let of = member.account();
        if of.id == by.account() {
            return Err(Error::NotPossible("nobody recovers their own account"));
        }
        if !of.role.is_person() {
            return Err(Error::NotPossible(
                "services and devices come with their keys",
            ));
        }
        if of.suspended {
            return Err(Error::NotPossible("the account is suspended"));
        }
        Ok((changing, member))
    }

    /// The same with the recovery of this id: where every step after the first begins.
    async fn anothers(
        &self,
        by: &Assured,
        account: AccountId,
        recovery: &str,
    ) -> Result<(MutexGuard<'_, ()>, Arc<Member>, Recovery), Error> {
        let (changing, member) = self.another(by, account).await?;
        let under_way = self.under_way(&member, recovery)?;
        Ok((changing, member, under_way))
    }

    /// The recovery of this id, if it is under way.
    fn under_way(&self, member: &Member, id: &str) -> Result<Recovery, Error> {
        let now = self.now();
        let under_way = member.recovery.lock().clone();
        let own = under_way.filter(|recovery| same(&recovery.id, id) && !recovery.is_over(now));
        own.ok_or(Error::NotPossible("this recovery is over, or was stopped"))
    }

    /// Whether the other of the two is not shut out since.
    fn stands_for(&self, by: &Assured, other: AccountId) -> Result<(), Error> {
        let other = self.member_of(by.organisation(), other)?;
        if other.account().suspended {
            return Err(Error::NotPossible("who else said yes is suspended"));
        }
        Ok(())
    }

    async fn keep(
        &self,
        by: &Assured,
        member: &Member,
        recovery: Recovery,
        changes: Changes,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let key = key::recovery(member.account().id);
        let changes = changes.put(key, &recovery)?;
        let actor = Some(by.actor());
        self.commit(by.organisation(), actor, caller.request, changes)
            .await?;
        *member.recovery.lock() = Some(recovery);
        Ok(())
    }

    /// Forgets a recovery and its link in memory. For those who hold the organisation's `changing`,
    /// and write it down.
    pub(crate) fn drop_recovery(&self, member: &Member) -> bool {
        let id = member.account().id;
        self.links
            .write()
            .retain(|_, link| !(link.recovers && link.member.account().id == id));
        member.recovery.lock().take().is_some()
    }
}
