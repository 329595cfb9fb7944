//! A grant is used up: it can't be copied.

use ward_access::{Grant, Read};

fn twice(grant: Grant<Read>) -> (Grant<Read>, Grant<Read>) {
    (grant.clone(), grant)
}

fn main() {}
