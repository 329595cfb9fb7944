//! Changing one's own password and authenticator app, from a fresh session: both at once, as they
//! are one way to sign in.

use crate::{
    AppEnrolment, Assured, Caller, Error, Identity, News, factor::Credentials, ledger::Changes,
    record::key,
};

impl Identity {
    /// Begins to replace the password and the authenticator app of the account of a session.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] where the account has none: a way to sign in
    /// that can be phished is not added to one that can't.
    pub fn start_app_change(&self, assured: &Assured) -> Result<AppEnrolment, Error> {
        let member = self.may_change_factors(assured)?;
        has_password(member.credentials.lock().view().password_and_totp)?;
        self.start_app(&member.account())
    }

    /// The same change again, to show its page once more.
    ///
    /// # Errors
    /// [`Error::FreshProof`], [`Error::Ceremony`].
    pub fn app_change(&self, assured: &Assured, ceremony: &str) -> Result<AppEnrolment, Error> {
        let member = self.may_change_factors(assured)?;
        self.look_at_app(&member.account(), ceremony)
    }

    /// Finishes to replace the password and the authenticator app, confirmed by a code of the new
    /// one; the account's other sessions end. After a wrong code or an unacceptable password the
    /// same ceremony goes on.
    ///
    /// # Errors
    /// As [`Identity::finish_app_enrolment`], and [`Error::FreshProof`].
    pub async fn finish_app_change(
        &self,
        assured: &Assured,
        ceremony: &str,
        password: &str,
        code: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let account = self.may_change_factors(assured)?.account();
        let (hash, totp) = self.new_app(&account, ceremony, password, code).await?;
        let of = self.organisation(assured.organisation())?;
        let changing = of.changing.lock().await;
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        // A sign-in writes the step of the code that it used: after this one, or before it.
        let proving = member.proving.lock().await;
        self.may_change_factors(assured)?;
        has_password(member.credentials.lock().view().password_and_totp)?;
        if self.app_enrolments.take(ceremony, self.now()).is_none() {
            return Err(Error::Ceremony);
        }
        // Whoever proved the old ones gets no session from now on.
        member.credentials.lock().revoke();
        let changes = Changes::default()
            .put(key::password(account.id), &hash)?
            .put(key::totp(account.id), &totp)?;
        let change = (changes, News::PasswordSet, None);
        let show = |credentials: &mut Credentials| {
            (credentials.password, credentials.totp) = (Some(hash), Some(totp));
        };
        self.change_own(assured, caller, &member, change, show, (proving, changing))
            .await
    }

    /// Takes the password and the authenticator app away from the account of a session: it then
    /// signs in with a passkey alone.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] where it has none, or no passkey.
    pub async fn remove_password(
        &self,
        assured: &Assured,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let of = self.organisation(assured.organisation())?;
        let changing = of.changing.lock().await;
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        let proving = member.proving.lock().await;
        self.may_change_factors(assured)?;
        let id = assured.account();
        {
            let mut credentials = member.credentials.lock();
            has_password(credentials.view().password_and_totp)?;
            if credentials.passkeys.is_empty() {
                return Err(Error::NotPossible("the last way to sign in stays"));
            }
            (credentials.password, credentials.totp) = (None, None);
            credentials.revoke();
        }
        let changes = Changes::default()
            .remove(key::password(id))
            .remove(key::totp(id));
        let change = (changes, News::PasswordRemoved, None);
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
}

const fn has_password(has: bool) -> Result<(), Error> {
    if has {
        return Ok(());
    }
    Err(Error::NotPossible("the account has no password"))
}
