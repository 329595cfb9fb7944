//! A person decides whether a command line acts for them (RFC 8628 3.3, 5.4).

use std::net::IpAddr;

use ward_core::{Timestamp, limits};

use super::{
    user_code::UserCode,
    waiting::{Decision, Request},
};
use crate::{Assured, Error, Identity, step_up::in_browser};

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asks {
    /// The code, as the command line shows it.
    pub code: String,
    /// What the machine calls itself. Whoever asks can write anything here.
    pub machine: Option<String>,
    /// Where the question came from.
    pub address: Option<IpAddr>,
    /// When.
    pub asked: Timestamp,
}

impl Identity {
    /// What waits under a code that the person of a session typed. From the first look on it is
    /// theirs.
    ///
    /// # Errors
    /// [`Error::UserCode`] where nothing waits under it; [`Error::TooManyAttempts`].
    pub fn command_line_asks(&self, assured: &Assured, typed: &str) -> Result<Asks, Error> {
        self.with_typed(assured, typed, |request| Asks {
            code: request.user_code.to_string(),
            machine: request.machine.as_deref().map(ToOwned::to_owned),
            address: request.address,
            asked: request.asked,
        })
    }

    /// Lets a command line act for the person of a session, whose proof is fresh and can't be
    /// phished.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; as [`Identity::command_line_asks`].
    pub fn approve_command_line(&self, assured: &Assured, typed: &str) -> Result<(), Error> {
        let is_fresh = self.now().since(assured.proved_at()) <= limits::FRESH_PROOF;
        let suffices = is_fresh && assured.phishing_resistant() && in_browser(assured);
        if !suffices || !self.is_in_force(assured) {
            return Err(Error::FreshProof);
        }
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        let proof = assured.proof();
        self.with_typed(assured, typed, |request| {
            request.decision = Decision::Approved { member, proof };
        })
    }

    /// Refuses a command line. Nothing is asked of the proof: to refuse is the safe side.
    ///
    /// # Errors
    /// As [`Identity::command_line_asks`].
    pub fn deny_command_line(&self, assured: &Assured, typed: &str) -> Result<(), Error> {
        self.with_typed(assured, typed, |request| {
            request.decision = Decision::Denied;
        })
    }

    /// Finds what waits under a code; each miss is a guess.
    fn with_typed<T>(
        &self,
        assured: &Assured,
        typed: &str,
        decide: impl FnOnce(&mut Request) -> T,
    ) -> Result<T, Error> {
        let (account, now) = (assured.account(), self.now());
        let guesses = &self.command_lines.guesses;
        let taken = guesses.take(&account, now);
        let taken = taken.map_err(|wait| Error::TooManyAttempts { wait })?;
        let mut waiting = self.command_lines.waiting.lock();
        let found = UserCode::read(typed).and_then(|code| waiting.find(code, now));
        let is_open = |request: &&mut Request| {
            let undecided = matches!(request.decision, Decision::None);
            undecided && request.looked.is_none_or(|own| own == account)
        };
        let request = found.filter(is_open).ok_or(Error::UserCode)?;
        request.looked = Some(account);
        guesses.succeeded(&account, taken, now);
        Ok(decide(request))
    }
}
