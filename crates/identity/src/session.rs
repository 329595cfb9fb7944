//! Sessions: looked up in memory, kept in the log.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use parking_lot::RwLock;
use ward_core::{AccountId, SessionId, Timestamp, limits};
use ward_log::SignOutCause;

use crate::{account::Member, assured::Proof, token::TokenHash};

/// One session of a person.
pub(crate) struct Session {
    pub(crate) member: Arc<Member>,
    pub(crate) proof: Proof,
    pub(crate) form_token: Arc<str>,
    last_used: AtomicI64,
}

impl Session {
    pub(crate) fn new(
        member: Arc<Member>,
        proof: Proof,
        form_token: &str,
        last_used: Timestamp,
    ) -> Self {
        let last_used = AtomicI64::new(last_used.as_micros());
        Self {
            member,
            proof,
            form_token: form_token.into(),
            last_used,
        }
    }

    pub(crate) fn last_used(&self) -> Timestamp {
        Timestamp::from_micros(self.last_used.load(Ordering::Relaxed))
    }

    /// Why it is over, if it is.
    pub(crate) fn over(&self, now: Timestamp) -> Option<SignOutCause> {
        if now.since(self.proof.at) >= limits::SESSION_MAX {
            Some(SignOutCause::Expired)
        } else if now.since(self.last_used()) >= limits::SESSION_IDLE {
            Some(SignOutCause::Idle)
        } else {
            None
        }
    }

    /// Used now. Time that runs back gives a session no longer life.
    pub(crate) fn touch(&self, now: Timestamp) {
        self.last_used.fetch_max(now.as_micros(), Ordering::Relaxed);
    }
}

/// The sessions of all organisations.
#[derive(Default)]
pub(crate) struct Sessions(RwLock<Live>);

#[derive(Default)]
struct Live {
    by_token: HashMap<TokenHash, Arc<Session>>,
    by_account: HashMap<AccountId, Vec<TokenHash>>,
}

impl Sessions {
    /// The session of a token, over or not.
    pub(crate) fn get(&self, hash: &TokenHash) -> Option<Arc<Session>> {
        self.0.read().by_token.get(hash).map(Arc::clone)
    }

    pub(crate) fn insert(&self, account: AccountId, hash: TokenHash, session: Session) {
        let mut live = self.0.write();
        live.by_token.insert(hash, Arc::new(session));
        live.by_account.entry(account).or_default().push(hash);
    }

    pub(crate) fn remove(&self, account: AccountId, hash: &TokenHash) {
        let mut live = self.0.write();
        live.by_token.remove(hash);
        if let Some(hashes) = live.by_account.get_mut(&account) {
            hashes.retain(|other| other != hash);
            if hashes.is_empty() {
                live.by_account.remove(&account);
            }
        }
    }

    /// An account's sessions, the oldest first.
    pub(crate) fn of(&self, account: AccountId) -> Vec<(TokenHash, Arc<Session>)> {
        let live = self.0.read();
        let hashes = live.by_account.get(&account).into_iter().flatten();
        let found = hashes.filter_map(|hash| Some((*hash, Arc::clone(live.by_token.get(hash)?))));
        let mut sessions: Vec<_> = found.collect();
        sessions.sort_by_key(|(_, session)| session.proof.at);
        sessions
    }

    /// The sessions that must end when one more begins: what the same browser had, and the oldest
    /// above [`limits::SESSIONS_PER_ACCOUNT`].
    pub(crate) fn to_replace(
        &self,
        account: AccountId,
        previous: Option<TokenHash>,
    ) -> Vec<(TokenHash, SessionId)> {
        let sessions = self.of(account);
        let is_previous = |hash: &TokenHash| Some(*hash) == previous;
        let others = sessions
            .iter()
            .filter(|(hash, _)| !is_previous(hash))
            .count();
        let mut surplus = (others + 1).saturating_sub(limits::SESSIONS_PER_ACCOUNT);
        let mut replaced = Vec::new();
        for (hash, session) in sessions {
            let is_surplus = !is_previous(&hash) && surplus > 0;
            if is_surplus {
                surplus -= 1;
            }
            if is_surplus || is_previous(&hash) {
                replaced.push((hash, session.proof.session));
            }
        }
        replaced
    }

    /// Every session that passes a test.
    pub(crate) fn select(
        &self,
        mut test: impl FnMut(&Session) -> bool,
    ) -> Vec<(TokenHash, Arc<Session>)> {
        let live = self.0.read();
        let all = live.by_token.iter().filter(|(_, session)| test(session));
        all.map(|(hash, session)| (*hash, Arc::clone(session)))
            .collect()
    }

    /// Whether a session of this lineage goes on.
    pub(crate) fn goes_on(&self, account: AccountId, lineage: SessionId, now: Timestamp) -> bool {
        let sessions = self.of(account);
        let mut own = sessions
            .iter()
            .filter(|(_, session)| session.proof.lineage == lineage);
        own.any(|(_, session)| session.over(now).is_none())
    }

    /// The account of a live session, and its hash, by its id.
    pub(crate) fn find(&self, account: AccountId, id: SessionId) -> Option<TokenHash> {
        let sessions = self.of(account);
        sessions
            .into_iter()
            .find(|(_, session)| session.proof.session == id)
            .map(|(hash, _)| hash)
    }
}
