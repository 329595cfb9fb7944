//! A proof is for one request: it can't be copied.

fn copy(assured: &ward_identity::Assured) -> ward_identity::Assured {
    assured.clone()
}

fn main() {}
