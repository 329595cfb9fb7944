//! A door is not put together from its parts.

use ward_core::RequestId;
use ward_identity::Assured;
use ward_records::{Door, Records};

fn forge<'a>(records: &'a Records, assured: &'a Assured, request: RequestId) -> Door<'a> {
    let asker = records.access.asker(assured);
    Door { records, own: records.organisation("WRD01"), asker, request, purpose: todo!() }
}

fn main() {}
