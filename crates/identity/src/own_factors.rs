//! Changing one's own passkeys, from a fresh session.

use std::sync::Arc;

use ward_core::limits;
use ward_log::SignOutCause;

use crate::{
    Assured, Caller, Error, Identity, News, Started, account::Member, factor::Credentials,
    ledger::Changes, record::key, step_up::in_browser,
};

impl Identity {
    /// Begins to add a passkey to the account of a session.
    ///
    /// # Errors
    /// [`Error::FreshProof`] where the session's proof is too old, or weaker than what the
    /// account has; [`Error::NotPossible`] where there are enough.
    pub fn start_passkey_addition(&self, assured: &Assured) -> Result<Started, Error> {
        let member = self.may_change_factors(assured)?;
        self.start_passkey(&member)
    }

    /// Finishes to add a passkey to the account of a session, and ends its other sessions: they
    /// may be older than what the person now relies on.
    ///
    /// # Errors
    /// [`Error::FreshProof`], [`Error::Ceremony`], [`Error::Passkey`].
    pub async fn finish_passkey_addition(
        &self,
        assured: &Assured,
        ceremony: &str,
        response: &str,
        label: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let of = self.organisation(assured.organisation())?;
        let changing = of.changing.lock().await;
        let member = self.may_change_factors(assured)?;
        let passkey = self.finish_passkey(&member, ceremony, response, label)?;
        let id = assured.account();
        let changes = Changes::default().put(key::passkey(id, &passkey.id()), &passkey)?;
        let change = (changes, News::PasskeyAdded, Some(passkey.view().label));
        let show = |credentials: &mut Credentials| {
            credentials.passkeys.push(passkey);
            credentials.revoke();
        };
        self.change_own(assured, caller, &member, change, show, changing)
            .await
    }

    /// Calls a passkey of the account of a session by another name.
    ///
    /// # Errors
    /// [`Error::FreshProof`], [`Error::NoSuchAccount`].
    pub async fn rename_passkey(
        &self,
        assured: &Assured,
        passkey: &str,
        label: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let of = self.organisation(assured.organisation())?;
        let _changing = of.changing.lock().await;
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        // A sign-in writes the passkey that it used: after this one, or before it.
        let _proving = member.proving.lock().await;
        self.may_change_factors(assured)?;
        let renamed = {
            let mut credentials = member.credentials.lock();
            let mut own = credentials.passkeys.iter_mut();
            let known = own.find(|known| known.id() == passkey);
            let known = known.ok_or(Error::NoSuchAccount)?;
            known.rename(label);
            known.clone()
        };
        let key = key::passkey(assured.account(), passkey);
        let changes = Changes::default().put(key, &renamed)?;
        let actor = Some(assured.actor());
        self.commit(assured.organisation(), actor, caller.request, changes)
            .await
    }

    /// Takes a passkey away from the account of a session, and ends its other sessions: they may
    /// be whose passkey it was. The last way to sign in stays.
    ///
    /// # Errors
    /// [`Error::FreshProof`], [`Error::NoSuchAccount`], [`Error::NotPossible`].
    pub async fn remove_passkey(
        &self,
        assured: &Assured,
        passkey: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let of = self.organisation(assured.organisation())?;
        let changing = of.changing.lock().await;
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        // A sign-in may be on its way with this very passkey. What it writes of it must be on the
        // disk before the passkey is removed there, or a restart would bring the passkey back.
        let proving = member.proving.lock().await;
        self.may_change_factors(assured)?;
        let label = {
            let mut credentials = member.credentials.lock();
            let view = credentials.view();
            let known = view.passkeys.iter().find(|known| known.id == passkey);
            let label = known.ok_or(Error::NoSuchAccount)?.label.clone();
            if view.passkeys.len() == 1 && !view.password_and_totp {
                return Err(Error::NotPossible("the last way to sign in stays"));
            }
            credentials.passkeys.retain(|known| known.id() != passkey);
            credentials.revoke();
            label
        };
        let changes = Changes::default().remove(key::passkey(assured.account(), passkey));
        let change = (changes, News::PasskeyRemoved, Some(label));
        self.change_own(
            assured,
            caller,
            &member,
            change,
            |_| (),
            (proving, changing),
        )
        .await
    }

    /// Makes a change of one's own factors durable together with what its person is told of it,
    /// shows both in memory, and ends the account's sessions but the one that asks.
    ///
    /// `held` is what keeps others from changing the account, and is held until both are shown:
    /// to end sessions would wait for it.
    pub(crate) async fn change_own(
        &self,
        assured: &Assured,
        caller: &Caller<'_>,
        member: &Arc<Member>,
        (changes, what, label): (Changes, News, Option<String>),
        show: impl FnOnce(&mut Credentials) + Send,
        held: impl Send,
    ) -> Result<(), Error> {
        let actor = Some(assured.actor());
        let (changes, telling) = self.tell(member, changes, what, label)?;
        self.commit(
            assured.organisation(),
            actor.clone(),
            caller.request,
            changes,
        )
        .await?;
        show(&mut member.credentials.lock());
        telling.done(member);
        drop(held);
        let (account, keep) = (assured.account(), Some(assured.session()));
        self.end_all(account, keep, SignOutCause::Revoked, actor)
            .await
    }

    /// Who changes factors proved who they are just now, and with a passkey where they have one:
    /// a weaker way in must not make itself a stronger one. And what was proved still stands: to
    /// be asked after each wait, as the session or the account may have ended in it.
    pub(crate) fn may_change_factors(&self, assured: &Assured) -> Result<Arc<Member>, Error> {
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        let (has_passkey, is_federated) = {
            let credentials = member.credentials.lock();
            (
                !credentials.passkeys.is_empty(),
                credentials.federated.is_some(),
            )
        };
        // A way in beside the provider's would outlive what the provider takes away.
        if is_federated {
            return Err(Error::NotPossible(
                "your organisation’s provider says who you are: nothing is added beside it",
            ));
        }
        let is_fresh = self.now().since(assured.proved_at()) <= limits::FRESH_PROOF;
        if !in_browser(assured) || !is_fresh || !self.is_in_force(assured) {
            return Err(Error::FreshProof);
        }
        if has_passkey && !assured.phishing_resistant() {
            return Err(Error::FreshProof);
        }
        Ok(member)
    }

    /// Whether a session may change its account's factors now, or must prove itself again first.
    ///
    /// # Errors
    /// [`Error::FreshProof`].
    pub fn check_own_factors(&self, assured: &Assured) -> Result<(), Error> {
        self.may_change_factors(assured).map(drop)
    }
}
