//! Changing one's own factors, from a fresh session.

use std::sync::Arc;

use ward_core::limits;
use ward_log::SignOutCause;

use crate::{
    Assured, Caller, Error, Identity, Role, Started, account::Member, ledger::Changes, record::key,
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

    /// Finishes to add a passkey to the account of a session.
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
        let _changing = self
            .organisation(assured.organisation())?
            .changing
            .lock()
            .await;
        let member = self.may_change_factors(assured)?;
        let passkey = self.finish_passkey(&member, ceremony, response, label)?;
        let id = assured.account();
        let changes = Changes::default().put(key::passkey(id, &passkey.id()), &passkey)?;
        let actor = Some(assured.actor());
        self.commit(assured.organisation(), actor, caller.request, changes)
            .await?;
        member.credentials.lock().passkeys.push(passkey);
        Ok(())
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
        let _changing = self
            .organisation(assured.organisation())?
            .changing
            .lock()
            .await;
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        // A sign-in may be on its way with this very passkey. What it writes of it must be on the
        // disk before the passkey is removed there, or a restart would bring the passkey back.
        let proving = member.proving.lock().await;
        self.may_change_factors(assured)?;
        {
            let credentials = member.credentials.lock();
            let view = credentials.view();
            if !view.passkeys.iter().any(|known| known.id == passkey) {
                return Err(Error::NoSuchAccount);
            }
            if view.passkeys.len() == 1 && !view.password_and_totp {
                return Err(Error::NotPossible("the last way to sign in stays"));
            }
        }
        {
            let mut credentials = member.credentials.lock();
            credentials.passkeys.retain(|known| known.id() != passkey);
            credentials.revoke();
        }
        let changes = Changes::default().remove(key::passkey(assured.account(), passkey));
        let actor = Some(assured.actor());
        self.commit(assured.organisation(), actor, caller.request, changes)
            .await?;
        drop(proving);
        let (account, keep) = (assured.account(), Some(assured.session()));
        self.end_all(account, keep, SignOutCause::Revoked, Some(assured.actor()))
            .await
    }

    /// Who changes factors proved who they are just now, and with a passkey where they have one:
    /// a weaker way in must not make itself a stronger one. And what was proved still stands: to
    /// be asked after each wait, as the session or the account may have ended in it.
    fn may_change_factors(&self, assured: &Assured) -> Result<Arc<Member>, Error> {
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        let has_passkey = !member.credentials.lock().passkeys.is_empty();
        let is_fresh = self.now().since(assured.proved_at()) <= limits::FRESH_PROOF;
        if assured.role() == Role::Service || !is_fresh || !self.is_in_force(assured) {
            return Err(Error::FreshProof);
        }
        if has_passkey && !assured.phishing_resistant() {
            return Err(Error::FreshProof);
        }
        Ok(member)
    }
}
