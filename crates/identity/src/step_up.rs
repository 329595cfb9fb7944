//! Proving again who one is, within a session.
//!
//! What a fresh proof begins is a new session with a token of its own, and the one before ends:
//! whoever had seen the old token has nothing of the new proof (ASVS 5.0, 7.2.4). The proof is of
//! the same account, and never a weaker one than the session had.

use ward_core::{AccountId, ProviderId, SessionId};
use webauthn_rs::prelude::DiscoverableAuthentication;

use crate::{Assured, Caller, Error, Identity, SignedIn, Started, token::TokenHash};

/// The ways in which somebody may prove again who they are, in their session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUpWays {
    /// With a passkey: the account has one.
    pub passkey: bool,
    /// With a password and a code: the account has both, and the session no stronger proof.
    pub password: bool,
    /// With the provider that vouches for the account.
    pub provider: Option<ProviderId>,
}

/// A passkey's proof on its way to a session.
pub(crate) struct StepUpCeremony {
    account: AccountId,
    session: SessionId,
    state: DiscoverableAuthentication,
}

impl Identity {
    /// How an account may prove itself again in a session.
    pub fn step_up_ways(&self, assured: &Assured) -> StepUpWays {
        let Some(member) = self.member(assured.account()) else {
            return StepUpWays {
                passkey: false,
                password: false,
                provider: None,
            };
        };
        let view = member.credentials.lock().view();
        StepUpWays {
            passkey: !view.passkeys.is_empty(),
            password: view.password_and_totp && !assured.phishing_resistant(),
            provider: self.own_provider(assured),
        }
    }

    /// Begins to prove again, with a passkey, who one is.
    ///
    /// # Errors
    /// [`Error::FreshProof`] where the session is over; [`Error::Passkey`] where no challenge could
    /// be made.
    pub fn start_passkey_step_up(&self, assured: &Assured) -> Result<Started, Error> {
        if !in_browser(assured) || !self.is_in_force(assured) {
            return Err(Error::FreshProof);
        }
        let (options, state) = self.relying_party.start_sign_in()?;
        let (account, session) = (assured.account(), assured.session());
        let state = StepUpCeremony {
            account,
            session,
            state,
        };
        let owner = u128::from_be_bytes(*account.as_bytes());
        let ceremony = self.step_ups.start(owner, state, self.now(), &*self.random);
        Ok(Started { ceremony, options })
    }

    /// Finishes to prove again, with a passkey, who one is. The session of `caller` ends, and
    /// another begins in its place.
    ///
    /// # Errors
    /// [`Error::Ceremony`] where it was begun in another session; [`Error::SignIn`] where the
    /// passkey is not of this account; [`Error::FreshProof`] where the session is over.
    pub async fn finish_passkey_step_up(
        &self,
        assured: &Assured,
        ceremony: &str,
        response: &str,
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        let begun = self.step_ups.take(ceremony, self.now());
        let own = (assured.account(), assured.session());
        let begun = begun.filter(|begun| (begun.account, begun.session) == own);
        let state = begun.ok_or(Error::Ceremony)?.state;
        self.goes_on(assured, caller)?;
        let (proved, changes) = self
            .prove_passkey(state, response, Some(assured.account()), caller)
            .await?;
        self.goes_on(assured, caller)?;
        let lineage = Some(assured.lineage());
        self.begin_session(proved, lineage, changes, caller).await
    }

    /// Proves again, with a password and a code, who one is. The session of `caller` ends, and
    /// another begins in its place. Attempts count as those of signing in.
    ///
    /// # Errors
    /// [`Error::FreshProof`] where the session is over, or was begun with more than that;
    /// [`Error::SignIn`], [`Error::TooManyAttempts`], [`Error::Busy`].
    pub async fn step_up_with_password(
        &self,
        assured: &Assured,
        password: &str,
        code: &str,
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        self.goes_on(assured, caller)?;
        // A password that somebody phished must not make an old proof by passkey a fresh one.
        if assured.phishing_resistant() {
            return Err(Error::FreshProof);
        }
        let name = assured.profile().name().clone();
        let typed = (Some(&name), name.local());
        let (proved, changes, attempt) = self
            .prove_with_password(typed, password, code, caller)
            .await?;
        self.goes_on(assured, caller)?;
        let lineage = Some(assured.lineage());
        let signed_in = self.begin_session(proved, lineage, changes, caller).await?;
        self.attempt_succeeded(&attempt);
        Ok(signed_in)
    }

    /// Whether the session that proves again is there still, and is the one that the caller has.
    pub(crate) fn goes_on(&self, assured: &Assured, caller: &Caller<'_>) -> Result<(), Error> {
        let own = self.sessions.find(assured.account(), assured.session());
        let sent = caller.session.and_then(TokenHash::of);
        if own.is_some() && own == sent && self.is_in_force(assured) {
            Ok(())
        } else {
            Err(Error::FreshProof)
        }
    }
}

/// Whether a proof is of a person who acts themself, in a browser or by their command line: not of
/// a service, and not of an app that somebody let act for them.
pub(crate) fn acts_themself(assured: &Assured) -> bool {
    in_browser(assured) || assured.manages()
}

/// Whether a proof is of a person's own session in a browser, which has forms: not of a service, and not of a
/// program that somebody let act for them.
pub(crate) fn in_browser(assured: &Assured) -> bool {
    !assured.form_token().is_empty()
}
