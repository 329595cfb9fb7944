//! Only a policy that was proved is put in force.

use ward_access::{Access, OrganisationPolicy};

fn activate(access: &Access, policy: OrganisationPolicy) {
    access.activate(policy);
}

fn main() {}
