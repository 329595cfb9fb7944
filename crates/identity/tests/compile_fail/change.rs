//! A proof can't be changed once it is made.

fn change(mut assured: ward_identity::Assured) {
    assured.factors = ward_log::Factors::PASSKEY;
}

fn main() {}
