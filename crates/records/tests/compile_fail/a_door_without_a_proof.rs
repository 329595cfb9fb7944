//! A door opens for the proof of an account, not for its name.

use ward_core::{AccountId, Ods, RequestId};
use ward_records::{Door, Error, Records};

async fn open<'a>(
    records: &'a Records,
    account: &'a AccountId,
    request: RequestId,
    ods: &Ods,
) -> Result<Door<'a>, Error> {
    records.door(account, request, ods).await
}

fn main() {}
