//! Sensitive actions, asked for by an account that has signed in.

use std::{sync::Arc, time::Duration};

use ward_access::{Access, ManageAccounts, ReadSecurity, Refused, StepUp, Target};
use ward_core::limits;
use ward_identity::Role;
use ward_log::Purpose;
use ward_testkit::{World, ods};

#[tokio::test]
async fn a_proof_suffices_for_sensitive_actions_until_it_is_five_minutes_old() {
    let world = World::new();
    let access = Access::new(Arc::clone(&world.clock) as _).unwrap();
    let person = world
        .person("WRD01", "an.admin", Role::Administrator, "one")
        .await;
    let assured = world.assured(&person);
    let own = ods("WRD01");
    let accounts = Target::accounts(&own);
    let asker = access.asker(&assured);
    let manage = || asker.decide::<ManageAccounts>(&accounts, Purpose::Administration);
    assert!(manage().is_ok());
    world.clock.advance(limits::FRESH_PROOF);
    assert!(manage().is_ok());
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(
        manage().err().as_ref().and_then(Refused::step_up),
        Some(StepUp {
            max_age: limits::FRESH_PROOF,
            phishing_resistant: true
        })
    );
    let look = asker.decide::<ReadSecurity>(&accounts, Purpose::Administration);
    assert!(look.is_ok());
    let other = ods("WRD02");
    let elsewhere =
        asker.decide::<ManageAccounts>(&Target::accounts(&other), Purpose::Administration);
    assert_eq!(elsewhere.err().as_ref().and_then(Refused::step_up), None);
}
