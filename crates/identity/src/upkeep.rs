//! What is done now and then, beside requests.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ward_core::{Ods, SessionId, Timestamp, limits};
use ward_log::SignOutCause;

use crate::{
    Error, Identity,
    account::Member,
    ledger::{Changes, Ledger},
    record::{SeenRecord, WithheldRecord, key},
};

impl Identity {
    /// How often [`Identity::keep_up`] should be called: a restart takes at most that much of
    /// anybody's idle time.
    pub const UPKEEP: Duration = Duration::from_mins(1);

    /// Ends sessions that are over, and writes down when the others were last used. Returns how
    /// many failed sign-ins were counted and not written down one by one since the last time.
    ///
    /// # Errors
    /// [`Error::Store`]; the next call tries again.
    pub async fn keep_up(&self) -> Result<u64, Error> {
        let now = self.now();
        self.tokens.forget_expired(now);
        let over = self.sessions.select(|session| session.over(now).is_some());
        let cause =
            |session: &crate::session::Session| session.over(now).unwrap_or(SignOutCause::Idle);
        self.end(over, cause, None).await?;
        self.end_lapsed_authorizations(now).await?;
        self.end_lapsed_connections(now).await?;
        self.forget_expired_links(now).await?;
        self.forget_recoveries(now).await?;
        self.write_seen().await?;
        self.write_withheld(now).await
    }

    /// What was given to apps ends with its app, its person, its session or its time. It works no
    /// more from that moment on; here that is written down.
    async fn end_lapsed_authorizations(&self, now: Timestamp) -> Result<(), Error> {
        let all = self.apps.live.lock().all();
        for one in all.iter().filter(|one| !self.stands(one, now)) {
            self.end_authorization(one, SignOutCause::Expired).await?;
        }
        self.apps.live.lock().forget(now);
        Ok(())
    }

    /// How many failures were not written down singly: each organisation's log gets the sum.
    async fn write_withheld(&self, now: Timestamp) -> Result<u64, Error> {
        let mut sum = 0;
        for (ods, of) in &self.organisations {
            let count = of.failures.take_withheld();
            if count == 0 {
                continue;
            }
            sum += count;
            tracing::warn!(organisation = %ods, count, "failed sign-ins not logged singly");
            let changes = withheld(&of.ledger, now, count)?;
            self.commit(ods, None, None, changes).await?;
        }
        Ok(sum)
    }

    async fn forget_expired_links(&self, now: Timestamp) -> Result<(), Error> {
        let mut expired = Vec::new();
        self.links.write().retain(|_, link| {
            let works = link.expires > now;
            if !works {
                expired.push(link.member.account());
            }
            works
        });
        for account in expired {
            let changes = Changes::default().remove(key::link(account.id));
            self.commit(account.organisation(), None, None, changes)
                .await?;
        }
        Ok(())
    }

    async fn forget_recoveries(&self, now: Timestamp) -> Result<(), Error> {
        let is_over = |member: &&Arc<Member>| {
            let recovery = member.recovery.lock();
            recovery
                .as_ref()
                .is_some_and(|under_way| under_way.is_over(now))
        };
        let over: Vec<_> = self
            .members
            .read()
            .values()
            .filter(is_over)
            .cloned()
            .collect();
        for member in over {
            let account = member.account();
            let _changing = self
                .organisation(account.organisation())?
                .changing
                .lock()
                .await;
            if !is_over(&&member) {
                continue;
            }
            self.drop_recovery(&member);
            let changes = Changes::default()
                .remove(key::recovery(account.id))
                .remove(key::link(account.id));
            self.commit(account.organisation(), None, None, changes)
                .await?;
        }
        Ok(())
    }

    /// One fact for all sessions of an organisation, written where one of them was used since.
    async fn write_seen(&self) -> Result<(), Error> {
        let mut seen: HashMap<Ods, SeenRecord> = HashMap::new();
        for (_, session) in self.sessions.select(|_| true) {
            let (id, used): (SessionId, _) = (session.proof.session, session.last_used());
            let ods = session.member.account().organisation().clone();
            seen.entry(ods).or_default().0.insert(id, used.as_micros());
        }
        for (ods, record) in seen {
            let of = self.organisation(&ods)?;
            if !of.seen.is_new(&record) {
                continue;
            }
            let changes = Changes::default().put(key::SEEN.to_owned(), &record)?;
            self.commit(&ods, None, None, changes).await?;
            of.seen.written(record);
        }
        Ok(())
    }
}

/// Adds to what an hour withheld, and forgets hours that nobody is shown any more.
fn withheld(ledger: &Ledger, now: Timestamp, count: u64) -> Result<Changes, Error> {
    let own = key::withheld(now.as_seconds().div_euclid(3600));
    let (mut changes, mut before) = (Changes::default(), 0);
    for (key, record) in ledger.load::<WithheldRecord>(key::WITHHELD)? {
        let until = Timestamp::from_micros(record.until_micros);
        if key == own {
            before = record.count;
        } else if now.since(until) > limits::FAILURES_SHOWN {
            changes = changes.remove(key);
        }
    }
    let record = WithheldRecord {
        until_micros: now.as_micros(),
        count: before + count,
    };
    changes.put(own, &record)
}
