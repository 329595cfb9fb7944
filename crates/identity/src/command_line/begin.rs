//! A command line asks to be connected (RFC 8628 3.1, 3.2).

use std::time::Duration;

use ward_core::{Secret, limits};

use super::{COMMAND_LINE_CLIENT, MANAGE_SCOPE, user_code::UserCode, waiting::Request};
use crate::{Caller, Error, Identity, service::one, token::new_token};

/// A machine's name, in characters (RFC 1035 2.3.4).
const MACHINE_CHARS: usize = 63;
/// The one proof by which a command line is connected (OpenID Connect EAP ACR Values 1.0, 2).
const PHISHING_RESISTANT: &str = "phr";

/// What is shown to a person, and kept by the command line.
#[derive(Debug)]
pub struct Connecting {
    /// `device_code`: with the key that asked, it gets the token.
    pub device_code: Secret<String>,
    /// `user_code`: what the person types.
    pub user_code: String,
    /// `expires_in`
    pub expires_in: Duration,
    /// `interval`: the time between two questions, at least.
    pub interval: Duration,
}

impl Identity {
    /// Begins to connect a command line whose key `proof` proves, made for a POST to `url`.
    ///
    /// There is no `verification_uri_complete` (RFC 8628 3.3.1): a link that holds its code is
    /// what a phisher would send (5.4). `machine`, which is Ward's own parameter, is what the
    /// machine calls itself.
    ///
    /// # Errors
    /// [`Error::Client`] for any other client; [`Error::NoScope`] for another scope;
    /// [`Error::TokenRequest`] where a proof is asked for that nobody is asked for here;
    /// [`Error::Proof`].
    pub fn begin_command_line(
        &self,
        pairs: &[(String, String)],
        proof: Option<&str>,
        url: &str,
        caller: &Caller<'_>,
    ) -> Result<Connecting, Error> {
        if one(pairs, "client_id")? != Some(COMMAND_LINE_CLIENT) {
            return Err(Error::Client("this grant is for the command line alone"));
        }
        if one(pairs, "scope")?.is_some_and(|scope| scope != MANAGE_SCOPE) {
            return Err(Error::NoScope);
        }
        check_wanted_proof(one(pairs, "acr_values")?, one(pairs, "max_age")?)?;
        let machine = one(pairs, "machine")?;
        if machine.is_some_and(|name| !is_machine(name)) {
            let text = "machine is a name of up to 63 letters, digits, hyphens and dots";
            return Err(Error::TokenRequest(text));
        }
        let proof = proof.ok_or(Error::Proof("a DPoP proof is asked for"))?;
        let (key, unspent) = self.check_proof_at(proof, url)?;
        self.spend(&key, &unspent)?;
        let (device_code, hash) = new_token(&*self.random);
        let user_code = UserCode::new(&*self.random);
        let (key, address) = (key.key.thumbprint, caller.address);
        let request = Request::new(user_code, key, machine, address, self.now());
        self.command_lines.waiting.lock().add(hash, request);
        Ok(Connecting {
            device_code,
            user_code: user_code.to_string(),
            expires_in: limits::COMMAND_LINE_REQUEST,
            interval: limits::COMMAND_LINE_POLL,
        })
    }
}

/// What a step-up asks for (RFC 9470 4) must be no more than what each connection rests on.
fn check_wanted_proof(acr_values: Option<&str>, max_age: Option<&str>) -> Result<(), Error> {
    let known = acr_values.is_none_or(|all| all.split(' ').any(|one| one == PHISHING_RESISTANT));
    let seconds = max_age.map(|age| age.parse::<u64>().unwrap_or_default());
    let old_enough = seconds.is_none_or(|age| age >= limits::FRESH_PROOF.as_secs());
    if known && old_enough {
        Ok(())
    } else {
        Err(Error::TokenRequest(
            "a connection rests on a proof of 5 minutes at most that can't be phished (phr)",
        ))
    }
}

fn is_machine(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    name.len() <= MACHINE_CHARS && name.bytes().all(is_plain)
}
