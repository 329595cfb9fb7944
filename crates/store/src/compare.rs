//! Whether two views answer alike.

use std::ops::ControlFlow;

use ward_crypto::OrganisationKeys;

use crate::{
    StoreError,
    index::{RELATION, key},
    view::{Snapshot, View},
};

/// Rows compared at once: bounds memory.
const ROWS: usize = 4_000;

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// Compares every row but the view's facts about itself. Relationships are compared opened,
/// because sealing one twice gives different bytes.
pub(crate) fn same(
    keys: &OrganisationKeys,
    one: &dyn View,
    other: &dyn View,
) -> Result<bool, StoreError> {
    let (one, other) = (one.snapshot()?, other.snapshot()?);
    let (start, end) = key::everything();
    let mut from = start;
    loop {
        let rows = read(keys, &*one, &from, &end)?;
        if rows != read(keys, &*other, &from, &end)? {
            return Ok(false);
        }
        let Some((last, _)) = rows.into_iter().last() else {
            return Ok(true);
        };
        from = last;
        // The least key after the last one.
        from.push(0);
    }
}

fn read(
    keys: &OrganisationKeys,
    view: &dyn Snapshot,
    from: &[u8],
    to: &[u8],
) -> Result<Rows, StoreError> {
    let mut rows = Rows::new();
    view.scan(from, to, &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        if rows.len() < ROWS {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    for (key, value) in &mut rows {
        if key::is_relation(key) {
            *value = keys
                .open_state(RELATION, value)
                .map_err(|error| StoreError::Sealed(error.into()))?;
        }
    }
    Ok(rows)
}
