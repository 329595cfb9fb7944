//! What a person is told of changes to their account, so that a change by somebody else is seen.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use ward_core::{Timestamp, limits};

use crate::{Assured, Error, Identity, account::Member, ledger::Changes, record::key};

/// What happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum News {
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// The password and the authenticator app were set.
    PasswordSet,
    /// The password and the authenticator app were removed.
    PasswordRemoved,
    /// Two approvers recovered the account: all its factors are new.
    Recovered,
}

/// A change of an account, as its person is told of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub what: News,
    /// Which passkey, by the name that its owner gave it.
    pub label: Option<String>,
    at_micros: i64,
    /// Whether the person said that they have seen it.
    pub seen: bool,
}

impl Notice {
    /// When it happened.
    pub const fn at(&self) -> Timestamp {
        Timestamp::from_micros(self.at_micros)
    }
}

/// A label is a person's own words.
impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Notice({:?}, {})", self.what, self.at())
    }
}

/// What is on the way to an account's notices: shown once it is durable.
#[must_use]
pub(crate) struct Telling(Vec<Notice>);

impl Telling {
    pub(crate) fn done(self, member: &Member) {
        *member.notices.lock() = self.0;
    }
}

impl Identity {
    /// What the account of a session is told, the newest first.
    pub fn notices(&self, assured: &Assured) -> Vec<Notice> {
        let member = self.member(assured.account());
        let mut notices = member.map_or_else(Vec::new, |member| self.recent(&member));
        notices.reverse();
        notices
    }

    /// The person has seen what there is to tell. It stays listed.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::NoSuchAccount`].
    pub async fn notices_seen(&self, assured: &Assured) -> Result<(), Error> {
        let of = self.organisation(assured.organisation())?;
        let _changing = of.changing.lock().await;
        let member = self.member(assured.account()).ok_or(Error::NoSuchAccount)?;
        let mut notices = self.recent(&member);
        for notice in &mut notices {
            notice.seen = true;
        }
        let changes = Changes::default().put(key::notices(assured.account()), &notices)?;
        self.commit(assured.organisation(), Some(assured.actor()), None, changes)
            .await?;
        Telling(notices).done(&member);
        Ok(())
    }

    /// Adds to what an account is told, together with the change itself. For those who hold the
    /// organisation's `changing`.
    pub(crate) fn tell(
        &self,
        member: &Arc<Member>,
        changes: Changes,
        what: News,
        label: Option<String>,
    ) -> Result<(Changes, Telling), Error> {
        let mut notices = self.recent(member);
        notices.push(Notice {
            what,
            label,
            at_micros: self.now().as_micros(),
            seen: false,
        });
        let surplus = notices.len().saturating_sub(limits::NOTICES);
        notices.drain(..surplus);
        let changes = changes.put(key::notices(member.account().id), &notices)?;
        Ok((changes, Telling(notices)))
    }

    fn recent(&self, member: &Member) -> Vec<Notice> {
        let since = self.now() - limits::NOTICE;
        let notices = member.notices.lock();
        let recent = notices.iter().filter(|notice| notice.at() > since);
        recent.cloned().collect()
    }
}
