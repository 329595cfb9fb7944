//! One's own live sessions, those of command lines among them, and their end.

use ward_core::{AccountId, SessionId, Timestamp, limits};
use ward_log::{Actor, Event, SignOutCause};

use super::{OwnSession, live::Connection};
use crate::{Assured, Error, Identity, ledger::Changes, token::TokenHash};

impl Identity {
    /// The live sessions of the account of a session, its command lines included, the newest first.
    pub fn own_sessions(&self, assured: &Assured) -> Vec<OwnSession> {
        let (account, now) = (assured.account(), self.now());
        let of_browsers = self.sessions.of(account).into_iter().map(|(_, session)| {
            let ended = session.over(now).is_some();
            let own = OwnSession {
                id: session.proof.session,
                is_command_line: false,
                machine: None,
                proved_at: session.proof.at,
                last_used: session.last_used(),
                ends: session.proof.at + limits::SESSION_MAX,
            };
            (ended, own)
        });
        let connected = self.command_lines.connected.of(account);
        let of_command_lines = connected.into_iter().map(|(_, connection)| {
            let ended = connection.over(now).is_some();
            let own = OwnSession {
                id: connection.proof.session,
                is_command_line: true,
                machine: connection.machine.as_deref().map(ToOwned::to_owned),
                proved_at: connection.proof.at,
                last_used: connection.last_used(),
                ends: connection.expires(),
            };
            (ended, own)
        });
        let all = of_browsers.chain(of_command_lines);
        let mut own: Vec<_> = all
            .filter_map(|(ended, own)| (!ended).then_some(own))
            .collect();
        own.sort_by_key(|own| std::cmp::Reverse((own.last_used, own.id)));
        own
    }

    /// Ends one live session of the account of a session, be it a browser's or a command line's.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`] where the account has no such session; [`Error::Store`], and it is
    /// ended all the same.
    pub async fn end_own_session(&self, assured: &Assured, id: SessionId) -> Result<(), Error> {
        let account = assured.account();
        let actor = Some(assured.actor());
        let connected = self.command_lines.connected.of(account).into_iter();
        let mut connected = connected.filter(|(_, connection)| connection.proof.session == id);
        if let Some((hash, connection)) = connected.next() {
            return self
                .end_connection(&hash, &connection, SignOutCause::Asked, actor)
                .await;
        }
        let sessions = self.sessions.of(account).into_iter();
        let own: Vec<_> = sessions
            .filter(|(_, session)| session.proof.session == id)
            .collect();
        if own.is_empty() {
            return Err(Error::NoSuchAccount);
        }
        self.end(own, |_| SignOutCause::Asked, actor).await
    }

    /// Ends every command line of an account.
    pub(crate) async fn end_connections(
        &self,
        account: AccountId,
        cause: SignOutCause,
        actor: Option<&Actor>,
    ) -> Result<(), Error> {
        for (hash, connection) in self.command_lines.connected.of(account) {
            self.end_connection(&hash, &connection, cause, actor.cloned())
                .await?;
        }
        Ok(())
    }

    /// Ends those that are over, and forgets those that nobody waits for.
    pub(crate) async fn end_lapsed_connections(&self, now: Timestamp) -> Result<(), Error> {
        self.command_lines.waiting.lock().forget(now);
        let lapsed = self
            .command_lines
            .connected
            .select(|connection| connection.over(now).is_some());
        for (hash, connection) in lapsed {
            let cause = connection.over(now).unwrap_or(SignOutCause::Idle);
            self.end_connection(&hash, &connection, cause, None).await?;
        }
        Ok(())
    }

    /// Whether a connection goes on.
    pub(crate) fn is_connected(&self, account: AccountId, id: SessionId, now: Timestamp) -> bool {
        let own = self.command_lines.connected.of(account);
        own.iter()
            .any(|(_, connection)| connection.proof.session == id && connection.over(now).is_none())
    }

    /// Ends one: in memory at once, and then in the log.
    pub(super) async fn end_connection(
        &self,
        hash: &TokenHash,
        connection: &Connection,
        cause: SignOutCause,
        actor: Option<Actor>,
    ) -> Result<(), Error> {
        if !self.command_lines.connected.remove(hash) {
            return Ok(());
        }
        let session = connection.proof.session;
        let changes = Changes::default().event(Event::SignOut { session, cause });
        let account = connection.member.account();
        self.commit(account.organisation(), actor, None, changes)
            .await
    }
}
