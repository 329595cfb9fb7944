//! That a policy was proved is not to be had for the asking.

use ward_access::{OrganisationPolicy, proof::Proven};

fn prove(policy: OrganisationPolicy) -> Proven {
    Proven { policy, policies: panic!() }
}

fn main() {}
