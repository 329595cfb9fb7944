//! The recovery of somebody else's account: opened by one, approved by another, and its link taken
//! by the first when the time to stop it is over.

pub(super) mod approve;
pub(super) mod link;
pub(super) mod list;
pub(super) mod open;
pub(super) mod stop;

use serde::Deserialize;
use serde_json::{Value, json};
use ward_identity::{RecoveryStep, RecoveryView};

/// Which recovery is meant: this one, and no later one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    recovery: String,
}

/// A recovery. `step` is one of `opened`, `waiting`, `ready`, `link-taken`.
pub(super) fn shown(recovery: &RecoveryView) -> Value {
    let (step, until) = match recovery.step {
        RecoveryStep::Opened => ("opened", None),
        RecoveryStep::Waiting { until } => ("waiting", Some(until.to_string())),
        RecoveryStep::Ready => ("ready", None),
        RecoveryStep::LinkTaken => ("link-taken", None),
    };
    json!({
        "id": recovery.id,
        "account": recovery.account,
        "opened_by": recovery.opened_by,
        "opened_at": recovery.opened_at.to_string(),
        "notes": recovery.notes,
        "approved_by": recovery.approved_by,
        "step": step,
        "until": until,
        "ends": recovery.ends.to_string(),
    })
}
