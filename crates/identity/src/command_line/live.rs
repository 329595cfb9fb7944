//! Command lines that are connected: in memory alone, so that none outlives the process.

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

use crate::{
    account::Member,
    assured::Proof,
    service::{BoundKey, Thumbprint},
    token::TokenHash,
};

/// A command line that acts for a person.
pub(crate) struct Connection {
    pub(crate) member: Arc<Member>,
    /// Of the session in which it was approved, under the connection's own id.
    pub(crate) proof: Proof,
    pub(crate) key: BoundKey,
    pub(crate) machine: Option<Box<str>>,
    pub(crate) began: Timestamp,
    last_used: AtomicI64,
}

impl Connection {
    pub(crate) fn new(
        member: Arc<Member>,
        proof: Proof,
        key: BoundKey,
        machine: Option<Box<str>>,
        began: Timestamp,
    ) -> Self {
        let last_used = AtomicI64::new(began.as_micros());
        Self {
            member,
            proof,
            key,
            machine,
            began,
            last_used,
        }
    }

    pub(crate) fn last_used(&self) -> Timestamp {
        Timestamp::from_micros(self.last_used.load(Ordering::Relaxed))
    }

    /// Used now. Time that runs back gives no longer life.
    pub(crate) fn touch(&self, now: Timestamp) {
        self.last_used.fetch_max(now.as_micros(), Ordering::Relaxed);
    }

    pub(crate) fn expires(&self) -> Timestamp {
        self.began + limits::COMMAND_LINE_SESSION
    }

    /// Why it is over, if it is: by the rules of any session, and sooner.
    pub(crate) fn over(&self, now: Timestamp) -> Option<SignOutCause> {
        if now >= self.expires() {
            Some(SignOutCause::Expired)
        } else if now.since(self.last_used()) >= limits::SESSION_IDLE {
            Some(SignOutCause::Idle)
        } else {
            None
        }
    }
}

/// A live session of one's own: of a browser, or of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Names it, to end it.
    pub id: SessionId,
    /// Whether a command line has it.
    pub is_command_line: bool,
    /// What the machine of a command line calls itself.
    pub machine: Option<String>,
    /// When it was proved who has it.
    pub proved_at: Timestamp,
    /// When it was last used.
    pub last_used: Timestamp,
    /// It ends then, used or not.
    pub ends: Timestamp,
}

/// The connections of all organisations.
#[derive(Default)]
pub(crate) struct Connections(RwLock<HashMap<TokenHash, Arc<Connection>>>);

impl Connections {
    pub(crate) fn get(&self, hash: &TokenHash) -> Option<Arc<Connection>> {
        self.0.read().get(hash).map(Arc::clone)
    }

    pub(crate) fn insert(&self, hash: TokenHash, connection: Connection) {
        self.0.write().insert(hash, Arc::new(connection));
    }

    /// Takes it out; whether it was there.
    pub(crate) fn remove(&self, hash: &TokenHash) -> bool {
        self.0.write().remove(hash).is_some()
    }

    /// Every one that passes a test, the oldest first.
    pub(crate) fn select(
        &self,
        test: impl Fn(&Connection) -> bool,
    ) -> Vec<(TokenHash, Arc<Connection>)> {
        let live = self.0.read();
        let passing = live.iter().filter(|(_, connection)| test(connection));
        let mut passing: Vec<_> = passing
            .map(|(hash, connection)| (*hash, Arc::clone(connection)))
            .collect();
        passing.sort_by_key(|(_, connection)| connection.began);
        passing
    }

    /// An account's, the oldest first.
    pub(crate) fn of(&self, account: AccountId) -> Vec<(TokenHash, Arc<Connection>)> {
        self.select(|connection| connection.member.account().id == account)
    }

    /// Those that must end when one more begins: what the same machine had, and the account's
    /// oldest above [`limits::SESSIONS_PER_ACCOUNT`].
    pub(crate) fn to_replace(
        &self,
        account: AccountId,
        key: Thumbprint,
    ) -> Vec<(TokenHash, Arc<Connection>)> {
        let is_own_key = |connection: &Connection| connection.key.key.thumbprint == key;
        let mut replaced = self.select(is_own_key);
        let mut others = self.of(account);
        others.retain(|(_, connection)| !is_own_key(connection));
        let surplus = (others.len() + 1).saturating_sub(limits::SESSIONS_PER_ACCOUNT);
        replaced.extend(others.into_iter().take(surplus));
        replaced
    }
}
