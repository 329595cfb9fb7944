//! A grant to read is no grant to change.

use ward_access::{Grant, Read, Update};

fn change(_: Grant<Update>) {}

fn read_then_change(grant: Grant<Read>) {
    change(grant);
}

fn main() {}
