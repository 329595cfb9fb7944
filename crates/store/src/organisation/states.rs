//! Durable facts of accounts, credentials, sessions and services.

use std::ops::ControlFlow;

use ward_log::Event;

use super::OrganisationStore;
use crate::{
    StoreError,
    index::{key, value},
    tokens,
};

const NOT_A_STATE: StoreError = StoreError::Corrupt("the view points to what is not the state");

impl OrganisationStore {
    /// The value of a state, sealed by its writer.
    pub fn state(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let shared = self.shared();
        let place = key::state(
            &tokens::state_kind(&shared.keys, key),
            &tokens::state(&shared.keys, key),
        );
        let row = shared.read(|view| {
            view.get(&place)?
                .map(|row| value::row_from_bytes(&row))
                .transpose()
        })?;
        let Some(row) = row else { return Ok(None) };
        match self.state_at(row)? {
            Some((found, value)) if found == key => Ok(Some(value)),
            _ => Err(self.shared().doubt(NOT_A_STATE)),
        }
    }

    /// The states whose keys begin with `prefix`, in the order of their keys. Quick where the
    /// prefix holds a `/`: a kind is one range.
    pub fn states(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let shared = self.shared();
        let (from, to) = if prefix.contains('/') {
            key::states_of_kind(&tokens::state_kind(&shared.keys, prefix))
        } else {
            key::states()
        };
        let rows: Vec<_> = shared.read(|view| {
            let mut rows = Vec::new();
            view.scan(&from, &to, &mut |_, row| {
                rows.push(value::row_from_bytes(row));
                ControlFlow::Continue(())
            })?;
            rows.into_iter().collect::<Result<_, _>>()
        })?;
        let mut states = Vec::with_capacity(rows.len());
        for row in rows {
            states.extend(
                self.state_at(row)?
                    .filter(|(key, _)| key.starts_with(prefix)),
            );
        }
        states.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(states)
    }

    fn state_at(&self, row: u64) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        match self.shared().entry(row)?.map(|entry| entry.event) {
            Some(Event::State { key, value }) => Ok(value.map(|value| (key, value))),
            _ => Err(self.shared().doubt(NOT_A_STATE)),
        }
    }
}
