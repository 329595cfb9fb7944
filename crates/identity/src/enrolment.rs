//! Enrolling the first factor, by a one-time link.
//!
//! Enrolling never begins a session: whoever has enrolled a factor signs in with it.

use std::{mem, sync::Arc};

use ward_core::{AccountId, Secret, Timestamp, limits};
use ward_log::SignOutCause;
use webauthn_rs::prelude::PasskeyRegistration;

use crate::{
    Account, Caller, Error, Identity, News, SignInName,
    account::Member,
    factor::Credentials,
    federation::federated,
    hashing::Standing,
    ledger::Changes,
    passkey::StoredPasskey,
    password::{self, PasswordHash},
    record::key,
    recovery::Recovery,
    token::TokenHash,
    totp::TotpSecret,
};

/// An enrolment link that was not used.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) member: Arc<Member>,
    pub(crate) expires: Timestamp,
    /// Of a recovery: all factors that the account had go when it is used.
    pub(crate) recovers: bool,
}

/// A passkey on its way to an account.
pub(crate) struct PasskeyCeremony {
    account: AccountId,
    state: PasskeyRegistration,
}

/// An authenticator app on its way to an account.
pub(crate) struct AppCeremony {
    account: AccountId,
    totp: TotpSecret,
    tries_left: u32,
}

/// Whom an enrolment link is for.
#[derive(Debug)]
pub struct EnrolmentView {
    /// The account's sign-in name.
    pub name: SignInName,
    /// The person's name.
    pub display_name: String,
    /// When the link ends.
    pub expires: Timestamp,
    /// Whether all that the person signed in with before ends with its use.
    pub recovers: bool,
}

/// A passkey ceremony that began.
#[derive(Debug)]
pub struct Started {
    /// Names the ceremony when it is finished.
    pub ceremony: String,
    /// What the browser is asked (`{"publicKey": ..}`), for `navigator.credentials`.
    pub options: String,
}

/// An authenticator app's enrolment that began.
#[derive(Debug)]
pub struct AppEnrolment {
    /// Names the ceremony when it is finished.
    pub ceremony: String,
    /// What the QR code holds: an `otpauth` URI.
    pub uri: Secret<String>,
    /// The same secret to be typed, in base32.
    pub secret: Secret<String>,
}

impl Identity {
    /// Whom a link is for, as long as it works. Looking does not use it up.
    pub fn enrolment(&self, token: &str) -> Option<EnrolmentView> {
        let (_, link) = self.link(token).ok()?;
        let account = link.member.account();
        Some(EnrolmentView {
            name: account.name.clone(),
            display_name: account.display_name.to_string(),
            expires: link.expires,
            recovers: link.recovers,
        })
    }

    /// Begins to enrol a passkey by a link.
    ///
    /// # Errors
    /// [`Error::Link`].
    pub fn start_passkey_enrolment(&self, token: &str) -> Result<Started, Error> {
        let (_, link) = self.link(token)?;
        if link.recovers {
            // The device may still hold the lost passkey: a new one takes its place.
            return self.start_passkey_beside(&link.member, &[]);
        }
        self.start_passkey(&link.member)
    }

    /// Finishes to enrol a passkey by a link: the link is used up.
    ///
    /// # Errors
    /// [`Error::Link`], [`Error::Ceremony`], [`Error::Passkey`].
    pub async fn finish_passkey_enrolment(
        &self,
        token: &str,
        ceremony: &str,
        response: &str,
        label: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let (_, link) = self.link(token)?;
        if !link.recovers {
            has_room(&link.member.credentials.lock().passkeys)?;
        }
        let passkey = self.new_passkey(&link.member, ceremony, response, label)?;
        let id = link.member.account().id;
        let changes = Changes::default().put(key::passkey(id, &passkey.id()), &passkey)?;
        self.use_link(token, caller, changes, |credentials| {
            credentials.passkeys.push(passkey);
        })
        .await
    }

    /// Begins to enrol a password with an authenticator app by a link.
    ///
    /// # Errors
    /// [`Error::Link`].
    pub fn start_app_enrolment(&self, token: &str) -> Result<AppEnrolment, Error> {
        let (_, link) = self.link(token)?;
        self.start_app(&link.member.account())
    }

    /// A new authenticator app on its way to an account.
    pub(crate) fn start_app(&self, account: &Account) -> Result<AppEnrolment, Error> {
        let totp = TotpSecret::new(&*self.random);
        let (uri, secret) = (totp.uri(&account.name.to_string())?, totp.base32());
        let state = AppCeremony {
            account: account.id,
            totp,
            tries_left: limits::ENROLMENT_CODES,
        };
        let owner = u128::from_be_bytes(*account.id.as_bytes());
        let ceremony = self
            .app_enrolments
            .start(owner, state, self.now(), &*self.random);
        Ok(AppEnrolment {
            ceremony,
            uri,
            secret,
        })
    }

    /// The same enrolment again, to show its page once more.
    ///
    /// # Errors
    /// [`Error::Link`], [`Error::Ceremony`].
    pub fn app_enrolment(&self, token: &str, ceremony: &str) -> Result<AppEnrolment, Error> {
        let (_, link) = self.link(token)?;
        self.look_at_app(&link.member.account(), ceremony)
    }

    pub(crate) fn look_at_app(
        &self,
        account: &Account,
        ceremony: &str,
    ) -> Result<AppEnrolment, Error> {
        let totp = self.app_enrolments.look(ceremony, self.now(), |state| {
            (state.account == account.id).then(|| state.totp.clone())
        });
        let totp = totp.flatten().ok_or(Error::Ceremony)?;
        let (uri, secret) = (totp.uri(&account.name.to_string())?, totp.base32());
        Ok(AppEnrolment {
            ceremony: ceremony.to_owned(),
            uri,
            secret,
        })
    }

    /// Finishes to enrol a password with an authenticator app, confirmed by a code of it: both or
    /// none, and the link is used up. After a wrong code or an unacceptable password the same
    /// ceremony goes on.
    ///
    /// # Errors
    /// [`Error::Link`], [`Error::Ceremony`], [`Error::Password`], [`Error::Code`], [`Error::Busy`].
    pub async fn finish_app_enrolment(
        &self,
        token: &str,
        ceremony: &str,
        password: &str,
        code: &str,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let (_, link) = self.link(token)?;
        let account = link.member.account();
        let (hash, totp) = self.new_app(&account, ceremony, password, code).await?;
        let changes = Changes::default()
            .put(key::password(account.id), &hash)?
            .put(key::totp(account.id), &totp)?;
        self.use_link(token, caller, changes, |credentials| {
            (credentials.password, credentials.totp) = (Some(hash), Some(totp));
        })
        .await?;
        self.app_enrolments.take(ceremony, self.now());
        Ok(())
    }

    /// A new password, acceptable and hashed, with the app that the code confirms.
    pub(crate) async fn new_app(
        &self,
        account: &Account,
        ceremony: &str,
        password: &str,
        code: &str,
    ) -> Result<(PasswordHash, TotpSecret), Error> {
        password::check(password, &own_names(account))?;
        let totp = self.confirm_app(ceremony, account, code)?;
        let password = Secret::new(password.to_owned());
        let random = Arc::clone(&self.random);
        let hash = self
            .hashing
            .run(Standing::Known, move || {
                PasswordHash::new(password.expose(), &*random)
            })
            .await?;
        Ok((hash, totp))
    }

    /// The app's secret, if the code is of it. The code is used up with it.
    fn confirm_app(
        &self,
        ceremony: &str,
        account: &Account,
        code: &str,
    ) -> Result<TotpSecret, Error> {
        let now = self.now();
        let confirmed = self.app_enrolments.look(ceremony, now, |state| {
            if state.account != account.id || state.tries_left == 0 {
                return Err(Error::Ceremony);
            }
            state.tries_left -= 1;
            let step = state.totp.check(code, now)?.ok_or(Error::Code)?;
            let mut totp = state.totp.clone();
            totp.claim(step);
            Ok(totp)
        });
        confirmed.ok_or(Error::Ceremony)?
    }

    pub(crate) fn start_passkey(&self, member: &Member) -> Result<Started, Error> {
        let existing = member.credentials.lock().passkeys.clone();
        has_room(&existing)?;
        self.start_passkey_beside(member, &existing)
    }

    /// Begins a passkey on a device that has none of `existing`.
    fn start_passkey_beside(
        &self,
        member: &Member,
        existing: &[StoredPasskey],
    ) -> Result<Started, Error> {
        let account = member.account();
        let (options, state) = self.relying_party.start_registration(&account, existing)?;
        let state = PasskeyCeremony {
            account: account.id,
            state,
        };
        let owner = u128::from_be_bytes(*account.id.as_bytes());
        let ceremony = self
            .passkey_enrolments
            .start(owner, state, self.now(), &*self.random);
        Ok(Started { ceremony, options })
    }

    /// The passkey of an answer. The account's passkeys are counted again, as other ceremonies may
    /// have ended since this one began.
    pub(crate) fn finish_passkey(
        &self,
        member: &Member,
        ceremony: &str,
        response: &str,
        label: &str,
    ) -> Result<StoredPasskey, Error> {
        let passkey = self.new_passkey(member, ceremony, response, label)?;
        has_room(&member.credentials.lock().passkeys)?;
        Ok(passkey)
    }

    fn new_passkey(
        &self,
        member: &Member,
        ceremony: &str,
        response: &str,
        label: &str,
    ) -> Result<StoredPasskey, Error> {
        let now = self.now();
        let state = self
            .passkey_enrolments
            .take(ceremony, now)
            .ok_or(Error::Ceremony)?;
        if state.account != member.account().id {
            return Err(Error::Ceremony);
        }
        let passkey = self
            .relying_party
            .finish_registration(response, &state.state, label, now)?;
        let id = passkey.id();
        let members = self.members.read();
        let has = |member: &Arc<Member>| {
            member
                .credentials
                .lock()
                .passkeys
                .iter()
                .any(|known| known.id() == id)
        };
        if members.values().any(has) {
            Err(Error::Passkey)
        } else {
            Ok(passkey)
        }
    }

    /// A link that works.
    fn link(&self, token: &str) -> Result<(TokenHash, Link), Error> {
        let hash = TokenHash::of(token).ok_or(Error::Link)?;
        let link = self.links.read().get(&hash).cloned().ok_or(Error::Link)?;
        let works = link.expires > self.now() && !link.member.account().suspended;
        if works {
            Ok((hash, link))
        } else {
            Err(Error::Link)
        }
    }

    /// Uses a link up, with what it is used for. Of two who use it, one does.
    pub(crate) async fn use_link(
        &self,
        token: &str,
        caller: &Caller<'_>,
        changes: Changes,
        apply: impl FnOnce(&mut Credentials),
    ) -> Result<(), Error> {
        let (hash, link) = self.link(token)?;
        let account = link.member.account();
        let _changing = self
            .organisation(account.organisation())?
            .changing
            .lock()
            .await;
        self.link(token)?;
        let changes = changes.remove(key::link(account.id));
        if link.recovers {
            self.recover(&link, changes, caller, apply).await?;
        } else {
            self.commit(account.organisation(), None, caller.request, changes)
                .await?;
            apply(&mut link.member.credentials.lock());
        }
        self.links.write().remove(&hash);
        Ok(())
    }

    /// The end of a recovery: all factors that the account had are gone, and its sessions, before
    /// the new one counts.
    async fn recover(
        &self,
        link: &Link,
        changes: Changes,
        caller: &Caller<'_>,
        apply: impl FnOnce(&mut Credentials),
    ) -> Result<(), Error> {
        let member = &link.member;
        let account = member.account();
        let is_ready = |recovery: &Recovery| recovery.link_taken() && !recovery.is_over(self.now());
        if !member.recovery.lock().as_ref().is_some_and(is_ready) {
            return Err(Error::Link);
        }
        // A sign-in writes the factor that it used: before it is removed, not after.
        let proving = member.proving.lock().await;
        let mut all = Changes::default().remove(key::recovery(account.id));
        {
            let mut credentials = member.credentials.lock();
            for passkey in mem::take(&mut credentials.passkeys) {
                all = all.remove(key::passkey(account.id, &passkey.id()));
            }
            (credentials.password, credentials.totp) = (None, None);
            if let Some(link) = credentials.federated.take() {
                let links = &self.federation.links;
                links.remove(account.organisation(), &link, account.id);
            }
            credentials.revoke();
        }
        let all = all
            .remove(key::password(account.id))
            .remove(key::totp(account.id))
            .remove(federated(account.id))
            .then(changes);
        let (all, telling) = self.tell(member, all, News::Recovered, None)?;
        self.commit(account.organisation(), None, caller.request, all)
            .await?;
        member.recovery.lock().take();
        apply(&mut member.credentials.lock());
        telling.done(member);
        drop(proving);
        self.end_all(account.id, None, SignOutCause::Revoked, None)
            .await
    }
}

/// Whether an account may have one passkey more.
fn has_room(passkeys: &[StoredPasskey]) -> Result<(), Error> {
    if passkeys.len() < limits::PASSKEYS_PER_ACCOUNT {
        return Ok(());
    }
    Err(Error::NotPossible(
        "the account has as many passkeys as it may",
    ))
}

fn own_names(account: &Account) -> [&str; 3] {
    [
        account.name.local(),
        &account.display_name,
        account.organisation().as_str(),
    ]
}
