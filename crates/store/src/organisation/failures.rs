//! How many sign-ins failed, by hour and reason: the log's entries, counted.

use std::{ops::ControlFlow, time::Duration};

use ward_core::Timestamp;
use ward_log::SignInFailure;

use super::OrganisationStore;
use crate::{
    StoreError,
    index::{count_from_bytes, hour, key},
};

/// Sign-ins that failed in one hour for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedSignIns {
    /// The first moment of the hour, in UTC.
    pub hour: Timestamp,
    /// Why.
    pub reason: SignInFailure,
    /// How many entries of the log say so.
    pub count: u64,
}

impl OrganisationStore {
    /// The failed sign-ins since the hour of a moment, oldest first; hours without any are left out.
    /// They tell of nobody.
    pub fn failed_sign_ins(&self, since: Timestamp) -> Result<Vec<FailedSignIns>, StoreError> {
        let (from, to) = key::failures_since(hour(since));
        self.shared().read(|view| {
            let mut rows = Vec::new();
            view.scan(&from, &to, &mut |key, count| {
                rows.push((key::failed(key), count_from_bytes(Some(count))));
                ControlFlow::Continue(())
            })?;
            rows.into_iter()
                .map(|(key, count)| counted(key, count?))
                .collect()
        })
    }
}

fn counted(key: Option<(u64, u8)>, count: u64) -> Result<FailedSignIns, StoreError> {
    let known = key.and_then(|(hour, reason)| {
        let mut all = SignInFailure::ALL.into_iter();
        let reason = all.find(|known| *known as u8 == reason)?;
        Some((Duration::from_hours(hour), reason))
    });
    let (since_1970, reason) = known.ok_or(StoreError::Corrupt("a row of no reason"))?;
    Ok(FailedSignIns {
        hour: Timestamp::from_seconds(0) + since_1970,
        reason,
        count,
    })
}
