//! Recovering the account of a person who lost their factors.
//!
//! Two other people say yes, each with a fresh proof that can't be phished: the one who re-proofed
//! the person, and another. Then time passes in which the person is told, wherever they are still
//! signed in, and can stop it. Only then is there a link, which enrols new factors and begins no
//! session (ASVS 5.0, 6.4.3 and 6.4.4). There are no recovery codes, and no mail.

mod steps;

use std::fmt;

use serde::{Deserialize, Serialize};
use ward_core::{AccountId, Timestamp, limits};

/// `recovery/{account}`: an account has one recovery under way at most.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Recovery {
    id: String,
    opened_by: AccountId,
    opened_at_micros: i64,
    notes: String,
    approved_by: Option<AccountId>,
    approved_at_micros: Option<i64>,
    link_taken: bool,
}

/// How far a recovery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryStep {
    /// It waits for somebody else to approve it.
    Opened,
    /// It is approved, and waits: there is time to stop it until then.
    Waiting {
        /// When who opened it may take the link.
        until: Timestamp,
    },
    /// Who opened it may take the link.
    Ready,
    /// The link was taken, and not used.
    LinkTaken,
}

/// A recovery, as those see it who may approve it, and the person.
#[derive(Clone)]
pub struct RecoveryView {
    /// Names it: what is approved or stopped is this one, and no later one.
    pub id: String,
    /// Whose account is to be recovered.
    pub account: AccountId,
    /// Who opened it.
    pub opened_by: AccountId,
    /// When.
    pub opened_at: Timestamp,
    /// What was seen to know the person again.
    pub notes: String,
    /// Who approved it.
    pub approved_by: Option<AccountId>,
    /// How far it is.
    pub step: RecoveryStep,
    /// It is over then, whatever has come of it.
    pub ends: Timestamp,
}

/// Notes say how a person was known: they stay out of logs.
impl fmt::Debug for RecoveryView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryView({}, {:?})", self.account, self.step)
    }
}

impl Recovery {
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends()
    }

    pub(crate) const fn link_taken(&self) -> bool {
        self.link_taken
    }

    fn ends(&self) -> Timestamp {
        Timestamp::from_micros(self.opened_at_micros) + limits::RECOVERY
    }

    fn step(&self, now: Timestamp) -> RecoveryStep {
        let Some(approved) = self.approved_at_micros else {
            return RecoveryStep::Opened;
        };
        let until = Timestamp::from_micros(approved) + limits::RECOVERY_DELAY;
        if self.link_taken {
            RecoveryStep::LinkTaken
        } else if now < until {
            RecoveryStep::Waiting { until }
        } else {
            RecoveryStep::Ready
        }
    }

    fn view(&self, account: AccountId, now: Timestamp) -> RecoveryView {
        RecoveryView {
            id: self.id.clone(),
            account,
            opened_by: self.opened_by,
            opened_at: Timestamp::from_micros(self.opened_at_micros),
            notes: self.notes.clone(),
            approved_by: self.approved_by,
            step: self.step(now),
            ends: self.ends(),
        }
    }
}
