//! Signing in with what is typed: a password and a code, in one step.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use ward_core::{AccountId, Secret, limits};
use ward_log::{Factors, SignInFailure};

use crate::{
    Caller, Error, Identity, Role, SignInName, SignedIn, account::Member, attempts::neighbourhood,
    ledger::Changes, name::fold, record::key, sign_in::Proved, token::sha256,
};

impl Identity {
    /// Signs in with a password and the code of an authenticator app, both at once.
    ///
    /// # Errors
    /// [`Error::SignIn`], whatever is wrong; [`Error::TooManyAttempts`]; [`Error::Busy`].
    pub async fn sign_in_with_password(
        &self,
        name: &str,
        password: &str,
        code: &str,
        caller: &Caller<'_>,
    ) -> Result<SignedIn, Error> {
        let parsed = SignInName::parse(name).ok();
        let attempt = self.attempt(parsed.as_ref(), name, caller);
        if let Err(error) = self.take_attempt(&attempt) {
            self.write_failure(parsed.as_ref(), SignInFailure::TooManyAttempts, caller)
                .await?;
            return Err(error);
        }
        let member = parsed.as_ref().and_then(|name| self.member_named(name));
        match self.prove_typed(member, password, code).await {
            Ok((proved, changes)) => {
                let signed_in = self.begin_session(proved, changes, caller).await?;
                self.attempt_succeeded(&attempt);
                Ok(signed_in)
            }
            Err(Typed::Wrong(reason)) => {
                self.write_failure(parsed.as_ref(), reason, caller).await?;
                Err(Error::SignIn)
            }
            Err(Typed::Failed(error)) => {
                self.give_attempt_back(&attempt);
                Err(error)
            }
        }
    }

    /// Checks a password and a code, with the same work for an account that does not exist: one
    /// hash, one check of the code.
    async fn prove_typed(
        &self,
        member: Option<Arc<Member>>,
        password: &str,
        code: &str,
    ) -> Result<(Proved, Changes), Typed> {
        let (hash, generation) = member.as_ref().map_or((None, 0), |member| {
            let credentials = member.credentials.lock();
            (credentials.password.clone(), credentials.generation())
        });
        let hash = hash.unwrap_or_else(|| self.nobody.password.clone());
        let fits = password.len() <= limits::PASSWORD_MAX_BYTES;
        let typed = Secret::new(if fits {
            password.to_owned()
        } else {
            String::new()
        });
        let is_right = self
            .hash(move || hash.verify(typed.expose()))
            .await
            .map_err(Typed::Failed)?;
        let Some(member) = member else {
            self.nobody
                .totp
                .check(code, self.now())
                .map_err(Typed::Failed)?;
            return Err(Typed::Wrong(SignInFailure::UnknownAccount));
        };
        let order = Arc::clone(&member.proving).lock_owned().await;
        let step = {
            let credentials = member.credentials.lock();
            let totp = credentials.totp.as_ref().unwrap_or(&self.nobody.totp);
            totp.check(code, self.now()).map_err(Typed::Failed)?
        };
        let account = member.account();
        let (true, true, Some(step)) = (is_right, fits, step) else {
            return Err(Typed::Wrong(SignInFailure::WrongFactor));
        };
        if account.suspended || account.role == Role::Service {
            return Err(Typed::Wrong(SignInFailure::Suspended));
        }
        let changes = claim(&member, account.id, step)?;
        let factors = Factors::PASSWORD.with(Factors::TOTP);
        Ok((
            Proved {
                member,
                factors,
                generation,
                order,
            },
            changes,
        ))
    }

    /// By the name as it was folded, not by the account: names without one are limited alike.
    fn attempt(&self, parsed: Option<&SignInName>, typed: &str, caller: &Caller<'_>) -> Attempt {
        let name = parsed.map_or_else(
            || sha256(fold(typed).unwrap_or_default().as_bytes()),
            SignInName::fingerprint,
        );
        let address = caller.address.map(neighbourhood);
        let now = self.now();
        let place = address.filter(|address| self.familiar.knows(&(name, *address), now));
        Attempt {
            address,
            key: (name, place),
        }
    }

    fn take_attempt(&self, attempt: &Attempt) -> Result<(), Error> {
        let now = self.now();
        let wait = |wait| Error::TooManyAttempts { wait };
        if let Some(address) = &attempt.address {
            self.by_address.take(address, now).map_err(wait)?;
        }
        self.by_account.take(&attempt.key, now).map_err(wait)
    }

    fn give_attempt_back(&self, attempt: &Attempt) {
        let now = self.now();
        if let Some(address) = &attempt.address {
            self.by_address.give_back(address, now);
        }
        self.by_account.give_back(&attempt.key, now);
    }

    /// A success is no failure of its address; but it clears nothing there, or one account of
    /// the attacker's own would clear the way to others.
    fn attempt_succeeded(&self, attempt: &Attempt) {
        let now = self.now();
        self.by_account.succeeded(&attempt.key, now);
        if let Some(address) = attempt.address {
            self.by_address.give_back(&address, now);
        }
    }

    /// Runs a password hash where it blocks nobody, a few at a time.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many wait.
    pub(crate) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _waiting = Waiting::new(&self.waiting)?;
        let permit = Arc::clone(&self.hashing)
            .acquire_owned()
            .await
            .map_err(|_| Error::Busy)?;
        // The permit goes along: a caller who leaves does not free the core that is still at work.
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        work.await.map_err(|_| Error::Busy)?
    }
}

/// Uses a code's step up.
fn claim(member: &Member, account: AccountId, step: u64) -> Result<Changes, Typed> {
    let mut credentials = member.credentials.lock();
    let totp = credentials
        .totp
        .as_mut()
        .ok_or(Typed::Wrong(SignInFailure::WrongFactor))?;
    if !totp.claim(step) {
        return Err(Typed::Wrong(SignInFailure::Replayed));
    }
    Changes::default()
        .put(key::totp(account), totp)
        .map_err(Typed::Failed)
}

/// What came of a typed sign-in that is none.
enum Typed {
    /// It was not right.
    Wrong(SignInFailure),
    /// It could not be checked.
    Failed(Error),
}

/// What an attempt counts against.
struct Attempt {
    address: Option<u128>,
    /// The name, and its place where that is familiar.
    key: ([u8; 32], Option<u128>),
}

/// A place in the queue for a hash.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Result<Self, Error> {
        let place = Self(waiting);
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        if before < limits::PASSWORD_HASHES_WAITING {
            Ok(place)
        } else {
            Err(Error::Busy)
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
