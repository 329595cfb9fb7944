//! An organisation's own policy: proved, put in force, taken out.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]

use std::sync::Arc;

use ward_access::{
    Access, Delete, Grant, OrganisationPolicy, Reach, Read, Refused, Search, Target, proof::Prover,
};
use ward_identity::{Assured, Role};
use ward_log::{Purpose, RefusalReason};
use ward_testkit::{World, ods};

const POLICY: &str = r#"
    @id("reception-reads-the-directory-only")
    forbid (principal in Role::"receptionist", action, resource in Category::"demographic");
    @id("carers-find-observations")
    permit (principal in Role::"carer", action in Action::"view", resource in Category::"clinical")
    when { context has relationship };"#;

async fn activate(access: &Access, code: &str, text: &str) {
    let policy = OrganisationPolicy::read(&ods(code), text).unwrap();
    let examined = Prover::new("cvc5").organisation(policy, |_| ()).await;
    let examined = examined.unwrap_or_else(|error| panic!("{error}"));
    access.activate(examined.proven.unwrap());
}

struct Desk {
    world: World,
    access: Access,
}

impl Desk {
    fn new() -> Self {
        let world = World::new();
        let access = Access::new(Arc::clone(&world.clock) as _).unwrap();
        Self { world, access }
    }

    async fn sign_in(&self, code: &str, name: &str, role: Role) -> Assured {
        let person = self.world.person(code, name, role, name).await;
        self.world.assured(&person)
    }

    fn find(&self, who: &Assured, resource_type: &str) -> Result<Grant<Search>, Refused> {
        let target = Target::resource_type(who.organisation(), resource_type);
        self.access.decide(who, &target, Purpose::DirectCare)
    }
}

#[tokio::test]
async fn a_policy_is_in_force_for_its_organisation_alone_and_at_once() {
    let desk = Desk::new();
    let own = desk.sign_in("WRD01", "a.desk", Role::Receptionist).await;
    let other = desk.sign_in("WRD02", "b.desk", Role::Receptionist).await;
    let carer = desk.sign_in("WRD01", "a.carer", Role::Carer).await;
    // The answers are remembered by now.
    assert!(desk.find(&own, "Patient").is_ok() && desk.find(&other, "Patient").is_ok());
    assert!(desk.find(&carer, "Observation").is_err());
    activate(&desk.access, "WRD01", POLICY).await;
    let refused = desk.find(&own, "Patient").unwrap_err();
    assert_eq!(refused.reason, RefusalReason::NotInRole);
    assert!(desk.find(&other, "Patient").is_ok());
    let found = desk.find(&carer, "Observation").unwrap();
    assert_eq!(found.reach(), Reach::Related);
    activate(&desk.access, "WRD01", "").await;
    assert!(desk.find(&own, "Patient").is_ok());
    assert!(desk.find(&carer, "Observation").is_err());
}

#[tokio::test]
async fn before_its_proof_a_policy_can_only_take_away() {
    let desk = Desk::new();
    let own = desk.sign_in("WRD01", "a.desk", Role::Receptionist).await;
    let carer = desk.sign_in("WRD01", "a.carer", Role::Carer).await;
    let policy = OrganisationPolicy::read(own.organisation(), POLICY).unwrap();
    desk.access.restrict(&policy).unwrap();
    assert!(desk.find(&own, "Patient").is_err());
    assert!(desk.find(&carer, "Observation").is_err());
}

#[tokio::test]
async fn a_permit_for_everything_opens_nothing_that_the_platform_forbids() {
    let desk = Desk::new();
    let text = r#"@id("all") permit (principal, action, resource);"#;
    activate(&desk.access, "WRD01", text).await;
    let own = desk.sign_in("WRD01", "a.desk", Role::Receptionist).await;
    let administrator = desk.sign_in("WRD01", "an.admin", Role::Administrator).await;
    let observation = "Observation/1".parse().unwrap();
    let read = |who: &Assured, code: &str| {
        let place = ods(code);
        let target = Target::resource(&place, &observation).about(&[None]);
        let grant = desk
            .access
            .decide::<Read>(who, &target, Purpose::DirectCare);
        grant.err().map(|refused| refused.reason)
    };
    assert_eq!(read(&own, "WRD01"), Some(RefusalReason::NoRelationship));
    assert_eq!(read(&own, "WRD02"), Some(RefusalReason::OtherOrganisation));
    assert!(read(&administrator, "WRD01").is_some());
    let location = Target::resource_type(own.organisation(), "Location");
    let grant = desk
        .access
        .decide::<Delete>(&own, &location, Purpose::Administration);
    assert!(grant.is_ok());
}
