//! How a policy is kept: a fact of its organisation's log, sealed. Fields are only ever added.

use serde::{Deserialize, Serialize};
use ward_core::{AccountId, Timestamp};

/// `policy/{number}`
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) text: String,
    pub(super) written: Step,
    pub(super) activated: Option<Step>,
    /// Its permits were taken out of force.
    pub(super) narrowed: Option<Step>,
    /// Another took its place.
    pub(super) replaced: Option<Step>,
    /// It was dropped before anybody put it in force.
    pub(super) withdrawn: Option<Step>,
}

/// Who did something, and when.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) by: AccountId,
    at_micros: i64,
}

impl Step {
    pub(super) const fn new(by: AccountId, at: Timestamp) -> Self {
        let at_micros = at.as_micros();
        Self { by, at_micros }
    }

    pub(super) const fn at(self) -> Timestamp {
        Timestamp::from_micros(self.at_micros)
    }
}

impl Record {
    pub(super) const fn is_draft(&self) -> bool {
        self.activated.is_none() && self.withdrawn.is_none()
    }

    pub(super) const fn is_over(&self) -> bool {
        self.replaced.is_some() || self.withdrawn.is_some()
    }

    pub(super) const fn is_adopted(&self) -> bool {
        self.activated.is_some() && self.replaced.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_first_is_read_forever() {
        let kept = include_str!("../../tests/fixtures/policy.1.json").trim();
        let record: Record = serde_json::from_str(kept).unwrap();
        assert!(record.is_adopted() && record.narrowed.is_none());
        assert_eq!(record.written.at(), Timestamp::from_seconds(1));
        assert_eq!(serde_json::to_string(&record).unwrap(), kept);
    }
}
