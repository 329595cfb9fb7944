//! Signing in with what is typed: a password and a code, in one step.

use std::{net::IpAddr, sync::Arc};

use ward_core::{AccountId, Secret, limits, neighbourhood};
use ward_log::{Factors, SignInFailure};

use crate::{
    Caller, Error, Identity, SignInName, SignedIn,
    account::Member,
    attempts::{Taken, TakenOfOrigin},
    hashing::Standing,
    ledger::Changes,
    name::fold,
    record::key,
    sign_in::Proved,
    token::sha256,
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
        let typed = (parsed.as_ref(), name);
        let (proved, changes, attempt) = self
            .prove_with_password(typed, password, code, caller)
            .await?;
        let signed_in = self.begin_session(proved, None, changes, caller).await?;
        self.attempt_succeeded(&attempt);
        Ok(signed_in)
    }

    /// Judges a password and a code for a name, as it was read and as it was typed, and counts the
    /// attempt.
    pub(crate) async fn prove_with_password(
        &self,
        (parsed, name): (Option<&SignInName>, &str),
        password: &str,
        code: &str,
        caller: &Caller<'_>,
    ) -> Result<(Proved, Changes, Attempt), Error> {
        let attempt = match self.take_attempt(parsed, name, caller) {
            Ok(attempt) => attempt,
            Err(error) => {
                self.write_failure(parsed, SignInFailure::TooManyAttempts, caller)
                    .await?;
                return Err(error);
            }
        };
        let member = parsed.and_then(|name| self.member_named(name));
        let standing = attempt.standing();
        match self.prove_typed(member, password, code, standing).await {
            Ok((proved, changes)) => Ok((proved, changes, attempt)),
            Err(Typed::Wrong(reason)) => {
                self.write_failure(parsed, reason, caller).await?;
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
        standing: Standing,
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
            .hashing
            .run(standing, move || hash.verify(typed.expose()))
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
        if account.suspended || !account.role.is_person() {
            return Err(Typed::Wrong(SignInFailure::Suspended));
        }
        let changes = claim(&member, account.id, step)?;
        let factors = Factors::PASSWORD.with(Factors::TOTP);
        Ok((
            Proved {
                member,
                factors,
                generation,
                at: self.now(),
                order,
            },
            changes,
        ))
    }

    /// Takes an attempt of what it counts against, before it is made: of all or of none, so that
    /// what is refused for one reason uses up nothing else.
    ///
    /// By the name as it was folded, not by the account: names without one are limited alike. At a
    /// familiar place a name has a limit of its own, instead of those of the place: whoever shares
    /// the place can't use up what its people have.
    fn take_attempt(
        &self,
        parsed: Option<&SignInName>,
        typed: &str,
        caller: &Caller<'_>,
    ) -> Result<Attempt, Error> {
        let name = parsed.map_or_else(
            || sha256(fold(typed).unwrap_or_default().as_bytes()),
            SignInName::fingerprint,
        );
        let now = self.now();
        let too_many = |wait| Error::TooManyAttempts { wait };
        let place = caller.address.map(neighbourhood);
        let place = place.filter(|place| self.familiar.knows(&(name, *place), now));
        let of_origin = match (place, caller.address) {
            (None, Some(from)) => {
                let taken = self.by_origin.take(from, now).map_err(too_many)?;
                Some((from, taken))
            }
            _ => None,
        };
        let key = (name, place);
        let of_name = self.by_account.take(&key, now).map_err(|wait| {
            self.give_origin_back(of_origin);
            too_many(wait)
        })?;
        Ok(Attempt {
            key,
            of_name,
            of_origin,
        })
    }

    fn give_attempt_back(&self, attempt: &Attempt) {
        let Attempt { key, of_name, .. } = attempt;
        self.by_account.give_back(key, *of_name, self.now());
        self.give_origin_back(attempt.of_origin);
    }

    /// A success is no failure of its origin; but it clears nothing there, or one account of the
    /// attacker's own would clear the way to others.
    pub(crate) fn attempt_succeeded(&self, attempt: &Attempt) {
        let Attempt { key, of_name, .. } = attempt;
        self.by_account.succeeded(key, *of_name, self.now());
        self.give_origin_back(attempt.of_origin);
    }

    fn give_origin_back(&self, of_origin: Option<(IpAddr, TakenOfOrigin)>) {
        if let Some((from, taken)) = of_origin {
            self.by_origin.give_back(from, taken, self.now());
        }
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

/// What an attempt counts against, and what it took of that.
pub(crate) struct Attempt {
    /// The name, and its place where that is familiar.
    key: ([u8; 32], Option<u128>),
    of_name: Taken,
    /// Of the limits of the place, where it is not familiar.
    of_origin: Option<(IpAddr, TakenOfOrigin)>,
}

impl Attempt {
    const fn standing(&self) -> Standing {
        match self.key {
            (_, Some(_)) => Standing::Known,
            (_, None) => Standing::Stranger,
        }
    }
}
