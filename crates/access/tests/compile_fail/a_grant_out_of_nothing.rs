//! A grant is not put together from its parts.

use std::marker::PhantomData;

use ward_access::{Grant, Reach, Read};
use ward_core::Ods;
use ward_log::{Actor, Basis};

fn forge(organisation: Ods, actor: Actor, basis: Basis) -> Grant<Read> {
    Grant {
        organisation,
        resource_type: "Patient".into(),
        resource: None,
        actor,
        basis,
        reach: Reach::Organisation,
        action: PhantomData,
    }
}

fn main() {}
