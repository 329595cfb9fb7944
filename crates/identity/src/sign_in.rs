//! Signing in: by passkey, or by password and code in one step.
//!
//! There is no half-way session: what a person has typed or touched is enough, or it is nothing.
//! A failure is one answer, after the same work, whether the account exists or not.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;
use ward_core::{AccountId, Ods, Secret, SessionId, Timestamp, limits, neighbourhood, network};
use ward_log::{Actor, Event, Factors, SignInFailure, SignOutCause};
use webauthn_rs::prelude::DiscoverableAuthentication;

use crate::{
    Account, Caller, Error, Identity, SignInName, Started,
    account::Member,
    assured::Proof,
    ledger::Changes,
    record::{SessionRecord, key},
    session::Session,
    token::{TokenHash, csrf_token, new_token},
};

/// A session that began. The token goes into the cookie, and nowhere else.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's secret.
    pub token: Secret<String>,
    /// The session's name.
    pub session: SessionId,
    /// Who signed in.
    pub account: Account,
    /// The session ends then at the latest.
    pub expires: Timestamp,
}

/// Factors that were proved just now, on their way to a session.
pub(crate) struct Proved {
    pub(crate) member: Arc<Member>,
    pub(crate) factors: Factors,
    /// Of the credentials at the moment of the proof.
    pub(crate) generation: u64,
    /// When.
    pub(crate) at: Timestamp,
    /// Held until the proof is durable: what is on the disk then follows the order in memory.
    pub(crate) order: OwnedMutexGuard<()>,
}

impl Identity {
    /// Begins a sign-in with a passkey, of whoever it may be. Nobody is refused: where one network
    /// begins too many, its own oldest are forgotten, so that a flood from behind the address of a
    /// site costs its people time, and others nothing.
    ///
    /// # Errors
    /// [`Error::Passkey`] where no challenge could be made.
    pub fn start_passkey_sign_in(&self, caller: &Caller<'_>) -> Result<Started, Error> {
        let (options, state) = self.relying_party.start_sign_in()?;
        let network = caller.address.map_or(0, network);
        let ceremony = self
            .sign_ins
            .start(network, state, self.now(), &*self.random);
        Ok(Started { ceremony, options })
    }

    /// Finishes a sign-in with a passkey. No limit on attempts stands before it, as a passkey
    /// can't be guessed: an account under attack stays open to its owner.
    ///
    /// # Errors
    /// [`Error::Ceremony`], [`Error::SignIn`].
    pub async fn finish_passkey_sign_in(
        &self,
        ceremony: &str,
        response: &str,
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        let state = self.sign_ins.take(ceremony, self.now());
        let state = state.ok_or(Error::Ceremony)?;
        let (proved, changes) = self.prove_passkey(state, response, None, caller).await?;
        self.begin_session(proved, None, changes, caller).await
    }

    /// Judges a passkey's answer to a challenge: of any account, or of one.
    pub(crate) async fn prove_passkey(
        &self,
        state: DiscoverableAuthentication,
        response: &str,
        only: Option<AccountId>,
        caller: &Caller<'_>,
    ) -> Result<(Proved, Changes), Error> {
        let now = self.now();
        let answer = self
            .relying_party
            .read_answer(response)
            .map_err(|_| Error::SignIn)?;
        let member = self.member(answer.account).ok_or(Error::SignIn)?;
        if only.is_some_and(|only| only != answer.account) {
            return self
                .failed(&member.account(), SignInFailure::WrongFactor, caller)
                .await;
        }
        let order = Arc::clone(&member.proving).lock_owned().await;
        let proved = {
            let mut credentials = member.credentials.lock();
            let generation = credentials.generation();
            let passkeys = &mut credentials.passkeys;
            let used = self
                .relying_party
                .finish_sign_in(&answer, state, passkeys, now);
            used.map(|used| (used, generation))
        };
        let account = member.account();
        let Ok((used, generation)) = proved else {
            return self
                .failed(&account, SignInFailure::WrongFactor, caller)
                .await;
        };
        if account.suspended {
            return self
                .failed(&account, SignInFailure::Suspended, caller)
                .await;
        }
        let changes = Changes::default().put(key::passkey(account.id, &used.id()), &used)?;
        let proved = Proved {
            member,
            factors: Factors::PASSKEY,
            generation,
            at: now,
            order,
        };
        Ok((proved, changes))
    }

    /// Begins a session: durable first, then in memory. Its token is new, whatever the browser
    /// had; what that was ends. After a step-up it goes on with the `lineage` of the one before.
    pub(crate) async fn begin_session(
        &self,
        proved: Proved,
        lineage: Option<SessionId>,
        changes: Changes,
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        let Proved {
            member,
            factors,
            generation,
            at,
            order: _order,
        } = proved;
        let account = member.account();
        let now = self.now();
        let (token, hash) = new_token(&*self.random);
        let session = SessionId::random(&*self.random);
        let proof = Proof {
            session,
            lineage: lineage.unwrap_or(session),
            factors,
            at,
        };
        let form_token = csrf_token(token.expose());
        let session = Session::new(Arc::clone(&member), proof, form_token.expose(), now);
        let record = SessionRecord::new(&session, hash, account.id);
        let previous = caller.session.and_then(TokenHash::of);
        let replaced = self.sessions.to_replace(account.id, previous);
        let mut changes = changes
            .put(key::session(proof.session), &record)?
            .event(Event::SignIn);
        for (_, ended) in &replaced {
            let event = Event::SignOut {
                session: *ended,
                cause: SignOutCause::Replaced,
            };
            changes = changes.remove(key::session(*ended)).event(event);
        }
        for (ended, _) in &replaced {
            self.sessions.remove(account.id, ended);
        }
        self.end_session_of_another(account.id, previous).await?;
        let actor = Actor {
            account: account.id,
            session: Some(proof.session),
            factors,
            address: caller.address,
        };
        self.commit(account.organisation(), Some(actor), caller.request, changes)
            .await?;
        {
            let credentials = member.credentials.lock();
            if credentials.generation() != generation || member.account().suspended {
                return Err(Error::SignIn);
            }
            self.sessions.insert(account.id, hash, session);
        }
        if let Some(address) = caller.address {
            let place = (account.name.fingerprint(), neighbourhood(address));
            self.familiar.remember(&place, now);
        }
        let expires = at + limits::SESSION_MAX;
        let account = Account::clone(&account);
        Ok(SignedIn {
            token,
            session: proof.session,
            account,
            expires,
        })
    }

    /// A failure of a known account's passkey.
    async fn failed<T>(
        &self,
        account: &Account,
        reason: SignInFailure,
        caller: &Caller<'_>,
    ) -> Result<T, Error> {
        self.write_down(account.organisation(), Some(account.id), reason, caller)
            .await?;
        Err(Error::SignIn)
    }

    /// Writes a failure down in the log of the organisation that the name is of, in the same way
    /// whether the name is an account's or not.
    pub(crate) async fn write_failure(
        &self,
        name: Option<&SignInName>,
        reason: SignInFailure,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let Some(name) = name else { return Ok(()) };
        let account = self.names.read().get(name).copied();
        self.write_down(name.organisation(), account, reason, caller)
            .await
    }

    pub(crate) async fn write_down(
        &self,
        organisation: &Ods,
        account: Option<AccountId>,
        reason: SignInFailure,
        caller: &Caller<'_>,
    ) -> Result<(), Error> {
        let Ok(of) = self.organisation(organisation) else {
            return Ok(());
        };
        if !of.failures.admit(reason, self.now()) {
            return Ok(());
        }
        let event = Event::SignInFailed {
            account,
            address: caller.address,
            reason,
        };
        let changes = Changes::default().event(event);
        self.commit(organisation, None, caller.request, changes)
            .await
    }
}
