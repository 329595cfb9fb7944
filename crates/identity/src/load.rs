//! Reading back, at the start, what the log keeps.

use std::collections::HashMap;

use ward_core::{AccountId, Timestamp};

use crate::{
    Error, Identity,
    account::Member,
    app::{self, AppRecord, Client, UsedRecord},
    assured::Proof,
    enrolment::Link,
    factor::Credentials,
    federation::{self, FederatedLink, ProviderRecord},
    ledger::Ledger,
    passkey::StoredPasskey,
    password::PasswordHash,
    record::{AccountRecord, LinkRecord, SeenRecord, SessionRecord, key},
    session::Session,
    token::TokenHash,
    totp::TotpSecret,
};

impl Identity {
    /// Takes in an organisation's facts.
    pub(crate) fn load(&self, ledger: &Ledger) -> Result<(), Error> {
        let mut credentials = load_credentials(ledger)?;
        for (key, record) in ledger.load::<AccountRecord>(key::ACCOUNTS)? {
            let id = owner(&key)?;
            let account = record.into_account(id, ledger.ods())?;
            let name = account.name.clone();
            self.tokens.register(&account, Some(self.started))?;
            let own = credentials.remove(&id).unwrap_or_default();
            if let Some(link) = &own.federated {
                self.federation.links.insert(ledger.ods(), link, id);
            }
            let member = Member::new(account, own);
            self.names.write().insert(name, id);
            self.members.write().insert(id, member);
        }
        for (
            key,
            LinkRecord {
                hash,
                expires_micros,
                recovers,
            },
        ) in ledger.load(key::LINKS)?
        {
            let Some(member) = self.member(owner(&key)?) else {
                continue;
            };
            let expires = Timestamp::from_micros(expires_micros);
            self.links.write().insert(
                TokenHash(hash),
                Link {
                    member,
                    expires,
                    recovers,
                },
            );
        }
        for (key, notices) in ledger.load(key::NOTICES)? {
            if let Some(member) = self.member(owner(&key)?) {
                *member.notices.lock() = notices;
            }
        }
        for (key, recovery) in ledger.load(key::RECOVERIES)? {
            if let Some(member) = self.member(owner(&key)?) {
                *member.recovery.lock() = Some(recovery);
            }
        }
        self.load_apps(ledger)?;
        for (key, record) in ledger.load::<ProviderRecord>(federation::PROVIDERS)? {
            let provider = record.into_provider(federation::owner(&key)?, ledger.ods())?;
            self.federation.insert(provider);
        }
        self.load_sessions(ledger)
    }

    fn load_apps(&self, ledger: &Ledger) -> Result<(), Error> {
        for (key, record) in ledger.load::<AppRecord>(app::APPS)? {
            let app = record.into_app(app::owner(&key)?, ledger.ods())?;
            self.apps.insert(Client::new(app, Some(self.started))?);
        }
        for (key, UsedRecord { at_micros }) in ledger.load(app::USED)? {
            let id = *app::owner(&key)?.as_bytes();
            self.used.set(id, Timestamp::from_micros(at_micros));
        }
        Ok(())
    }

    /// A session goes on where it was, and its idle time with it: it is taken as last used when
    /// that was last written down, never later.
    fn load_sessions(&self, ledger: &Ledger) -> Result<(), Error> {
        let seen = ledger.load::<SeenRecord>(key::SEEN)?;
        let seen = seen
            .into_iter()
            .map(|(_, seen)| seen)
            .next()
            .unwrap_or_default();
        for (key, record) in ledger.load::<SessionRecord>(key::SESSIONS)? {
            let id = key
                .strip_prefix(key::SESSIONS)
                .and_then(|id| id.parse().ok());
            let id = id.ok_or(Error::Corrupt("session key"))?;
            let Some(member) = self.member(record.account) else {
                continue;
            };
            let (factors, at) = (record.factors(), record.proved_at());
            let proof = Proof {
                session: id,
                // What counts in it, what was given to apps, ended with the process before.
                lineage: id,
                factors,
                at,
            };
            let used = seen
                .0
                .get(&id)
                .map_or(at, |used| Timestamp::from_micros(*used));
            let session = Session::new(member, proof, record.form_token(), used.max(at));
            self.sessions.insert(record.account, record.hash(), session);
        }
        Ok(())
    }
}

fn load_credentials(ledger: &Ledger) -> Result<HashMap<AccountId, Credentials>, Error> {
    let mut all: HashMap<AccountId, Credentials> = HashMap::new();
    for (key, passkey) in ledger.load::<StoredPasskey>(key::PASSKEYS)? {
        all.entry(owner(&key)?).or_default().passkeys.push(passkey);
    }
    for (key, password) in ledger.load::<PasswordHash>(key::PASSWORDS)? {
        all.entry(owner(&key)?).or_default().password = Some(password);
    }
    for (key, totp) in ledger.load::<TotpSecret>(key::CODES)? {
        all.entry(owner(&key)?).or_default().totp = Some(totp);
    }
    for (key, link) in ledger.load::<FederatedLink>(federation::FEDERATED)? {
        all.entry(owner(&key)?).or_default().federated = Some(link);
    }
    for credentials in all.values_mut() {
        credentials
            .passkeys
            .sort_by_key(|passkey| passkey.view().created_at);
    }
    Ok(all)
}

fn owner(key: &str) -> Result<AccountId, Error> {
    key::owner(key).ok_or(Error::Corrupt("record key"))
}
