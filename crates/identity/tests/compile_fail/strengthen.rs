//! A proof can't be made out of another one.

use ward_identity::Assured;

fn stronger(assured: Assured) -> Assured {
    Assured { factors: ward_log::Factors::PASSKEY, ..assured }
}

fn main() {}
