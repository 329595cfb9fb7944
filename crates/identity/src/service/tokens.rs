//! Access tokens of services, in memory: they live for minutes, and a service asks for another
//! after a restart.

use std::{collections::HashMap, sync::Arc};

use parking_lot::RwLock;
use ward_core::{AccountId, SessionId, Timestamp, limits};

use super::{assertion, dpop, dpop::BoundKey, key::KeySet, replay::Replay};
use crate::{Account, Error, Scopes, account::Member, assured::Proof, token::TokenHash};

/// What a token lets its holder do, as long as the holder has the key.
pub(crate) struct Grant {
    pub(crate) member: Arc<Member>,
    pub(crate) proof: Proof,
    pub(crate) scopes: Arc<Scopes>,
    pub(crate) expires: Timestamp,
    pub(crate) key: BoundKey,
}

/// What a service authenticates with.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) keys: Arc<KeySet>,
    /// When this process began, where the service is older than it: what it used before then is
    /// not remembered. None where it was registered since, under an id that nobody had before.
    pub(crate) remembered_since: Option<Timestamp>,
}

/// Registered keys, live tokens, and what was used.
pub(crate) struct Tokens {
    registered: RwLock<HashMap<AccountId, Registered>>,
    live: RwLock<Live>,
    pub(crate) assertions: Replay,
    pub(crate) proofs: Replay,
}

#[derive(Default)]
struct Live {
    by_token: HashMap<TokenHash, Arc<Grant>>,
    by_account: HashMap<AccountId, Vec<TokenHash>>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            registered: RwLock::default(),
            live: RwLock::default(),
            assertions: Replay::new(limits::CLIENT_ASSERTIONS, assertion::REMEMBERED),
            proofs: Replay::new(limits::DPOP_PROOFS, dpop::REMEMBERED),
        }
    }
}

impl Tokens {
    /// Prepares the keys of a service, or of a device; nothing of other accounts.
    pub(crate) fn register(
        &self,
        account: &Account,
        remembered_since: Option<Timestamp>,
    ) -> Result<(), Error> {
        let keys = match (&account.service, &account.device) {
            (Some(service), _) => KeySet::parse(&service.jwks)?,
            (None, Some(device)) => KeySet::of_device(&device.jwk)?,
            (None, None) => return Ok(()),
        };
        let registered = Registered {
            keys: Arc::new(keys),
            remembered_since,
        };
        self.registered.write().insert(account.id, registered);
        Ok(())
    }

    pub(crate) fn registered(&self, account: AccountId) -> Option<Registered> {
        self.registered.read().get(&account).cloned()
    }

    pub(crate) fn get(&self, hash: &TokenHash) -> Option<Arc<Grant>> {
        self.live.read().by_token.get(hash).map(Arc::clone)
    }

    /// Adds a token; above [`limits::TOKENS_PER_SERVICE`] the oldest ends.
    pub(crate) fn insert(&self, account: AccountId, hash: TokenHash, grant: Grant) {
        let mut live = self.live.write();
        let Live {
            by_token,
            by_account,
        } = &mut *live;
        let hashes = by_account.entry(account).or_default();
        if hashes.len() >= limits::TOKENS_PER_SERVICE {
            by_token.remove(&hashes.remove(0));
        }
        hashes.push(hash);
        by_token.insert(hash, Arc::new(grant));
    }

    /// Ends every token of an account.
    pub(crate) fn revoke(&self, account: AccountId) {
        let mut live = self.live.write();
        for hash in live.by_account.remove(&account).unwrap_or_default() {
            live.by_token.remove(&hash);
        }
    }

    /// Ends one token of an account.
    pub(crate) fn end(&self, account: AccountId, hash: &TokenHash) {
        let mut live = self.live.write();
        let Some(own) = live.by_account.get_mut(&account) else {
            return;
        };
        let before = own.len();
        own.retain(|other| other != hash);
        if own.len() < before {
            live.by_token.remove(hash);
        }
    }

    pub(crate) fn is_live(&self, account: AccountId, id: SessionId, now: Timestamp) -> bool {
        let live = self.live.read();
        let hashes = live.by_account.get(&account).into_iter().flatten();
        hashes
            .filter_map(|hash| live.by_token.get(hash))
            .any(|grant| grant.proof.session == id && grant.expires > now)
    }

    pub(crate) fn forget_expired(&self, now: Timestamp) {
        let mut live = self.live.write();
        let Live {
            by_token,
            by_account,
        } = &mut *live;
        by_token.retain(|_, grant| grant.expires > now);
        by_account.retain(|_, hashes| {
            hashes.retain(|hash| by_token.contains_key(hash));
            !hashes.is_empty()
        });
    }
}
