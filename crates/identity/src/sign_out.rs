//! Using sessions, and ending them.

use std::{net::IpAddr, sync::Arc};

use ward_core::{AccountId, SessionId, Timestamp};
use ward_log::{Actor, Event, SignOutCause};

use crate::{
    Assured, Caller, Error, Identity, ledger::Changes, record::key, session::Session,
    token::TokenHash,
};

impl Identity {
    /// The account of a session, for one request: `None` if the token is of no session, the
    /// session is over, or its account is shut out. In memory, about a microsecond.
    pub fn authenticate(&self, token: &str, address: Option<IpAddr>) -> Option<Assured> {
        let now = self.now();
        let (session, assured) = self.session(token, address, now)?;
        session.touch(now);
        Some(assured)
    }

    /// The same, and no use of the session: what a page asks for by itself keeps none alive.
    pub fn look(&self, token: &str, address: Option<IpAddr>) -> Option<Assured> {
        let (_, assured) = self.session(token, address, self.now())?;
        Some(assured)
    }

    fn session(
        &self,
        token: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<(Arc<Session>, Assured)> {
        let session = self.sessions.get(&TokenHash::of(token)?)?;
        if session.over(now).is_some() {
            return None;
        }
        let scopes = Arc::clone(&self.no_scopes);
        let assured = Assured::new(session.member.account(), session.proof, scopes, address)?;
        let assured = assured.with_form_token(Arc::clone(&session.form_token));
        Some((session, assured))
    }

    /// Whether what was proved still stands: for work that goes on after its request began, such
    /// as a stream.
    pub fn is_in_force(&self, assured: &Assured) -> bool {
        let (account, id) = (assured.account(), assured.session());
        let active = self
            .member(account)
            .is_some_and(|member| !member.account().suspended);
        let now = self.now();
        let session = || {
            let sessions = self.sessions.of(account);
            let own = sessions
                .iter()
                .find(|(_, session)| session.proof.session == id);
            own.is_some_and(|(_, session)| session.over(now).is_none())
        };
        let through_app = || {
            let given = self.apps.live.lock().of(account);
            given
                .iter()
                .any(|one| one.id == id && self.stands(one, now))
        };
        active
            && (session()
                || self.tokens.is_live(account, id, now)
                || self.is_connected(account, id, now)
                || through_app())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Store`]; the session is over all the same.
    pub async fn sign_out(&self, assured: &Assured, caller: &Caller<'_>) -> Result<(), Error> {
        let (account, id) = (assured.account(), assured.session());
        let Some(hash) = self.sessions.find(account, id) else {
            return Ok(());
        };
        self.sessions.remove(account, &hash);
        let changes = ended(Changes::default(), id, SignOutCause::Asked);
        let actor = Some(assured.actor());
        self.commit(assured.organisation(), actor, caller.request, changes)
            .await
    }

    /// Ends every session of the account, this one included.
    ///
    /// # Errors
    /// [`Error::Store`]; the sessions are over all the same.
    pub async fn sign_out_everywhere(&self, assured: &Assured) -> Result<(), Error> {
        let actor = Some(assured.actor());
        self.end_all(assured.account(), None, SignOutCause::Everywhere, actor)
            .await
    }

    /// Ends every session of an account but one, its command lines, and what was given to apps.
    pub(crate) async fn end_all(
        &self,
        account: AccountId,
        keep: Option<SessionId>,
        cause: SignOutCause,
        actor: Option<Actor>,
    ) -> Result<(), Error> {
        let given = self.apps.live.lock().of(account);
        let sessions = self.sessions.of(account);
        let ending = sessions
            .into_iter()
            .filter(|(_, session)| Some(session.proof.session) != keep);
        self.end(ending.collect(), |_| cause, actor.clone()).await?;
        self.end_connections(account, cause, actor.as_ref()).await?;
        // What was given to apps ends with them, that which may outlive its session, too.
        for one in given
            .iter()
            .filter(|one| Some(one.proof.session) != keep || one.scopes.offline_access)
        {
            self.end_authorization(one, cause).await?;
        }
        Ok(())
    }

    /// Ends the session that a browser had, where it is another account's than the one that signs
    /// in.
    pub(crate) async fn end_session_of_another(
        &self,
        account: AccountId,
        previous: Option<TokenHash>,
    ) -> Result<(), Error> {
        let Some(hash) = previous else { return Ok(()) };
        let Some(session) = self.sessions.get(&hash) else {
            return Ok(());
        };
        if session.member.account().id == account {
            return Ok(());
        }
        self.end(vec![(hash, session)], |_| SignOutCause::Replaced, None)
            .await
    }

    /// Ends sessions: in memory at once, and then in the logs of their organisations.
    pub(crate) async fn end(
        &self,
        sessions: Vec<(TokenHash, Arc<Session>)>,
        cause: impl Fn(&Session) -> SignOutCause,
        actor: Option<Actor>,
    ) -> Result<(), Error> {
        for (hash, session) in &sessions {
            self.sessions.remove(session.member.account().id, hash);
        }
        for ods in self.organisations.keys() {
            let mut changes = Changes::default();
            for (_, session) in &sessions {
                if session.member.account().organisation() == ods {
                    changes = ended(changes, session.proof.session, cause(session));
                }
            }
            self.commit(ods, actor.clone(), None, changes).await?;
        }
        Ok(())
    }
}

fn ended(changes: Changes, session: SessionId, cause: SignOutCause) -> Changes {
    changes
        .remove(key::session(session))
        .event(Event::SignOut { session, cause })
}
