//! What people gave to apps, in memory: codes, tokens, refresh tokens.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use ward_core::{AccountId, AppId, PatientId, SessionId, Timestamp, limits};

use super::{AppScopes, client::Client};
use crate::{
    Scopes,
    account::Member,
    assured::{AppAccess, Proof},
    service::{BoundKey, Thumbprint},
    token::TokenHash,
};

/// What a person gave to an app: one decision, and all the tokens that come of it.
pub(crate) struct Authorization {
    pub(crate) id: SessionId,
    pub(crate) began: Timestamp,
    pub(crate) client: Arc<Client>,
    pub(crate) member: Arc<Member>,
    /// Of the session in which it was given.
    pub(crate) proof: Proof,
    pub(crate) scopes: AppScopes,
    pub(crate) patient: Option<PatientId>,
    pub(crate) access: Arc<AppAccess>,
    ended: AtomicBool,
    refreshes: AtomicUsize,
}

impl Authorization {
    pub(crate) fn new(
        (id, began): (SessionId, Timestamp),
        client: Arc<Client>,
        member: Arc<Member>,
        proof: Proof,
        (scopes, patient): (AppScopes, Option<PatientId>),
    ) -> Self {
        let access = Arc::new(AppAccess {
            client: client.app().id,
            patient: patient.clone(),
        });
        Self {
            id,
            began,
            client,
            member,
            proof,
            scopes,
            patient,
            access,
            ended: AtomicBool::new(false),
            refreshes: AtomicUsize::new(0),
        }
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Counts a refresh; whether there may be one more.
    pub(crate) fn may_refresh(&self) -> bool {
        self.refreshes.fetch_add(1, Ordering::Relaxed) < limits::REFRESHES
    }
}

/// A code, until it is used; and then for as long as it could be used again.
pub(crate) struct Code {
    pub(crate) authorization: Arc<Authorization>,
    pub(crate) redirect_uri: Box<str>,
    pub(crate) challenge: [u8; 32],
    pub(crate) key: Option<Thumbprint>,
    pub(crate) expires: Timestamp,
    pub(crate) spent: bool,
}

impl Code {
    pub(crate) fn new(
        authorization: &Arc<Authorization>,
        redirect_uri: &str,
        challenge: [u8; 32],
        key: Option<Thumbprint>,
        expires: Timestamp,
    ) -> Self {
        Self {
            authorization: Arc::clone(authorization),
            redirect_uri: redirect_uri.into(),
            challenge,
            key,
            expires,
            spent: false,
        }
    }
}

/// An access token.
pub(crate) struct Access {
    pub(crate) authorization: Arc<Authorization>,
    pub(crate) scopes: Arc<Scopes>,
    pub(crate) expires: Timestamp,
    pub(crate) key: BoundKey,
}

/// A refresh token: spent ones are remembered, so that their reuse is seen.
pub(crate) struct Refresh {
    pub(crate) authorization: Arc<Authorization>,
    pub(crate) key: Thumbprint,
    pub(crate) spent: bool,
}

/// What was found under a code or a refresh token.
pub(crate) enum Spent<T> {
    /// It works, and is spent now.
    First(T),
    /// It was spent before: somebody has a copy.
    Again(Arc<Authorization>),
    /// There is none, or not for who sends it.
    Nothing,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Live {
    by_account: HashMap<AccountId, Vec<Arc<Authorization>>>,
    codes: HashMap<TokenHash, Code>,
    access: HashMap<TokenHash, Arc<Access>>,
    refresh: HashMap<TokenHash, Refresh>,
}

/// What a code gives, once it is taken.
pub(crate) struct TakenCode {
    pub(crate) authorization: Arc<Authorization>,
    pub(crate) redirect_uri: Box<str>,
    pub(crate) challenge: [u8; 32],
    pub(crate) key: Option<Thumbprint>,
    pub(crate) expires: Timestamp,
}

impl Live {
    /// Keeps what was given, with its code; gives back the oldest above
    /// [`limits::AUTHORIZATIONS_PER_PERSON`].
    pub(crate) fn give(
        &mut self,
        authorization: &Arc<Authorization>,
        hash: TokenHash,
        code: Code,
    ) -> Vec<Arc<Authorization>> {
        let account = authorization.member.account().id;
        let own = self.by_account.entry(account).or_default();
        own.push(Arc::clone(authorization));
        self.codes.insert(hash, code);
        let surplus = own.len().saturating_sub(limits::AUTHORIZATIONS_PER_PERSON);
        own.iter().take(surplus).map(Arc::clone).collect()
    }

    pub(crate) fn of(&self, account: AccountId) -> Vec<Arc<Authorization>> {
        self.by_account.get(&account).cloned().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Authorization>> {
        self.by_account.values().flatten().cloned().collect()
    }

    pub(crate) fn access(&self, hash: &TokenHash) -> Option<Arc<Access>> {
        self.access.get(hash).map(Arc::clone)
    }

    /// Whose refresh token it is.
    pub(crate) fn refresh(&self, hash: &TokenHash) -> Option<&Refresh> {
        self.refresh.get(hash)
    }

    /// Takes a code, whoever sends it: a code that somebody else could send is no secret any more.
    pub(crate) fn take_code(&mut self, hash: &TokenHash) -> Spent<TakenCode> {
        let Some(code) = self.codes.get_mut(hash) else {
            return Spent::Nothing;
        };
        if code.spent {
            return Spent::Again(Arc::clone(&code.authorization));
        }
        code.spent = true;
        Spent::First(TakenCode {
            authorization: Arc::clone(&code.authorization),
            redirect_uri: code.redirect_uri.clone(),
            challenge: code.challenge,
            key: code.key,
            expires: code.expires,
        })
    }

    /// Takes a refresh token of a client and a key. One lock: of many that send the same, one is
    /// the first.
    pub(crate) fn take_refresh(
        &mut self,
        hash: &TokenHash,
        client: AppId,
        key: Thumbprint,
    ) -> Spent<Arc<Authorization>> {
        let Some(refresh) = self.refresh.get_mut(hash) else {
            return Spent::Nothing;
        };
        let is_own = refresh.authorization.access.client == client && refresh.key == key;
        if refresh.spent {
            return Spent::Again(Arc::clone(&refresh.authorization));
        }
        if !is_own {
            return Spent::Nothing;
        }
        refresh.spent = true;
        Spent::First(Arc::clone(&refresh.authorization))
    }

    /// Adds tokens, unless what they rest on was ended meanwhile.
    pub(crate) fn issue(
        &mut self,
        (access_hash, access): (TokenHash, Access),
        refresh_hash: Option<TokenHash>,
    ) -> bool {
        let authorization = Arc::clone(&access.authorization);
        if authorization.is_ended() {
            return false;
        }
        if let Some(hash) = refresh_hash {
            let refresh = Refresh {
                authorization,
                key: access.key.key.thumbprint,
                spent: false,
            };
            self.refresh.insert(hash, refresh);
        }
        self.access.insert(access_hash, Arc::new(access));
        true
    }

    /// Ends one; whether it had not ended before.
    pub(crate) fn end(&mut self, authorization: &Arc<Authorization>) -> bool {
        let is_first = !authorization.ended.swap(true, Ordering::AcqRel);
        let account = authorization.member.account().id;
        if let Some(own) = self.by_account.get_mut(&account) {
            own.retain(|other| other.id != authorization.id);
            if own.is_empty() {
                self.by_account.remove(&account);
            }
        }
        is_first
    }

    pub(crate) fn end_access(&mut self, hash: &TokenHash) {
        self.access.remove(hash);
    }

    /// Forgets what works no more. Spent codes and refresh tokens stay as long as what came of
    /// them, so that a copy is known for one.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        self.codes
            .retain(|_, code| !code.authorization.is_ended() && (code.spent || code.expires > now));
        self.access
            .retain(|_, access| access.expires > now && !access.authorization.is_ended());
        self.refresh
            .retain(|_, refresh| !refresh.authorization.is_ended());
    }
}
