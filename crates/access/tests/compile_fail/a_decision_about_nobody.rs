//! Nothing is decided without the proof of an account.

use ward_access::{Access, Grant, Read, Target};
use ward_core::{AccountId, Ods};
use ward_log::Purpose;

fn ask(access: &Access, account: AccountId, ods: &Ods) -> Option<Grant<Read>> {
    access.decide(&account, &Target::resource_type(ods, "Patient"), Purpose::DirectCare).ok()
}

fn main() {}
