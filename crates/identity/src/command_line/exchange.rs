//! A command line gets its token, and uses it (RFC 8628 3.4, 3.5; RFC 9449 7).

use std::{net::IpAddr, sync::Arc};

use ward_core::{SessionId, limits};
use ward_log::{Actor, Event, Factors, SignInFailure, SignOutCause};

use super::{
    COMMAND_LINE_CLIENT, MANAGE_SCOPE,
    live::Connection,
    waiting::{Decision, Request},
};
use crate::{
    AccessToken, Assured, Caller, Error, Identity,
    account::Member,
    assured::Proof,
    ledger::Changes,
    service::{BoundKey, ClientAuthentication, DpopExpected, Unspent},
    token::{TokenHash, new_token},
};

/// A question for the token.
#[derive(Debug)]
pub(crate) struct DeviceRequest {
    pub(crate) device_code: String,
}

impl Identity {
    pub(crate) async fn exchange_device_code(
        &self,
        client: &ClientAuthentication,
        request: &DeviceRequest,
        (key, unspent): (BoundKey, Unspent),
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        if client.has_assertion() || client.id() != Some(COMMAND_LINE_CLIENT) {
            return Err(Error::Client("this grant is for the command line alone"));
        }
        self.spend(&key, &unspent)?;
        let hash = TokenHash::of(&request.device_code).ok_or(Error::Grant)?;
        let request = match self.decision_on(&hash, &key) {
            Ok(request) => request,
            Err((error, stolen)) => {
                self.write_theft(stolen, caller).await?;
                return Err(error);
            }
        };
        match request.decision {
            Decision::None => Err(Error::AuthorizationPending),
            Decision::Denied => Err(Error::AccessDenied),
            Decision::Approved { member, proof } => {
                self.connect((member, proof), key, request.machine, caller)
                    .await
            }
        }
    }

    /// What waits under a device code, for the key that began it. What is decided is taken out,
    /// and so is what another key asks for: whoever asks has the code, and not what belongs to it.
    fn decision_on(
        &self,
        hash: &TokenHash,
        key: &BoundKey,
    ) -> Result<Request, (Error, Option<Arc<Member>>)> {
        let now = self.now();
        let mut waiting = self.command_lines.waiting.lock();
        let request = waiting.get_mut(hash).ok_or((Error::Grant, None))?;
        if request.key != key.key.thumbprint {
            let member = match &request.decision {
                Decision::Approved { member, .. } => Some(Arc::clone(member)),
                _ => None,
            };
            waiting.remove(hash);
            return Err((Error::Grant, member));
        }
        if request.is_over(now) {
            waiting.remove(hash);
            return Err((Error::ExpiredToken, None));
        }
        if request.is_too_soon(now) {
            return Err((Error::SlowDown, None));
        }
        let asked = request.clone();
        if !matches!(asked.decision, Decision::None) {
            waiting.remove(hash);
        }
        Ok(asked)
    }

    async fn write_theft(&self, of: Option<Arc<Member>>, caller: &Caller<'_>) -> Result<(), Error> {
        let Some(member) = of else { return Ok(()) };
        let account = member.account();
        let reason = SignInFailure::WrongFactor;
        self.write_down(account.organisation(), Some(account.id), reason, caller)
            .await
    }

    /// Connects a command line: in the log first.
    async fn connect(
        &self,
        (member, proof): (Arc<Member>, Proof),
        key: BoundKey,
        machine: Option<Box<str>>,
        caller: &Caller<'_>,
    ) -> Result<AccessToken, Error> {
        let approved_in = proof.session;
        let account = member.account();
        let still_there = || {
            let is_there = self.sessions.find(account.id, approved_in).is_some();
            is_there && !member.account().suspended
        };
        if !still_there() {
            return Err(Error::AccessDenied);
        }
        let now = self.now();
        let id = SessionId::random(&*self.random);
        let proof = Proof {
            session: id,
            factors: proof.factors.with(Factors::DPOP),
            ..proof
        };
        let actor = Actor {
            account: account.id,
            session: Some(id),
            factors: proof.factors,
            address: caller.address,
        };
        let changes = Changes::default().event(Event::SignIn);
        self.commit(account.organisation(), Some(actor), caller.request, changes)
            .await?;
        let replaced = self
            .command_lines
            .connected
            .to_replace(account.id, key.key.thumbprint);
        for (hash, old) in replaced {
            self.end_connection(&hash, &old, SignOutCause::Replaced, None)
                .await?;
        }
        let (token, hash) = new_token(&*self.random);
        let connection = Connection::new(Arc::clone(&member), proof, key, machine, now);
        self.command_lines.connected.insert(hash, connection);
        // Whatever ends the sessions of an account ends those of browsers first: what was not seen
        // there before this one was kept has seen this one.
        if !still_there() {
            self.command_lines.connected.remove(&hash);
            return Err(Error::AccessDenied);
        }
        Ok(AccessToken {
            token,
            expires_in: limits::COMMAND_LINE_SESSION,
            scope: MANAGE_SCOPE.to_owned(),
            refresh_token: None,
            patient: None,
        })
    }

    /// The person whose command line asks, for one request. `None` where it is none's token.
    pub(crate) fn authenticate_command_line(
        &self,
        hash: &TokenHash,
        proof: &str,
        expected: &DpopExpected<'_>,
        address: Option<IpAddr>,
    ) -> Option<Result<Assured, Error>> {
        let connection = self.command_lines.connected.get(hash)?;
        Some(self.prove_connection(&connection, proof, expected, address))
    }

    fn prove_connection(
        &self,
        connection: &Connection,
        proof: &str,
        expected: &DpopExpected<'_>,
        address: Option<IpAddr>,
    ) -> Result<Assured, Error> {
        if connection.over(expected.now).is_some() {
            return Err(Error::AccessToken);
        }
        let unspent = connection.key.verify(proof, expected)?;
        self.spend(&connection.key, &unspent)?;
        let scopes = Arc::clone(&self.no_scopes);
        let account = connection.member.account();
        let assured = Assured::new(account, connection.proof, scopes, address);
        let assured = assured.ok_or(Error::AccessToken)?;
        connection.touch(expected.now);
        Ok(assured.managing())
    }
}
