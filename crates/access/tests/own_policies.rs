//! An organisation's own policy from its text to being in force: who, with which proof, and after
//! a start.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]

use std::{path::Path, sync::Arc, time::Duration};

use ward_access::{
    Access, Action, Contain, Grant, ManagePolicy, OwnPolicies, OwnPolicyError, PolicyView,
    ProofView, ReadSecurity, Search, Standing, Target, proof::Prover,
};
use ward_core::{Random, RequestId, SystemRandom};
use ward_identity::{Assured, Author, Role};
use ward_log::Purpose;
use ward_testkit::{Person, World, ods};

const POLICY: &str = r#"@id("desk-finds-nobody")
    forbid (principal in Role::"receptionist", action, resource in Category::"demographic");
    @id("carers-find-observations")
    permit (principal in Role::"carer", action in Action::"view", resource in Category::"clinical")
    when { context has relationship };"#;
const BROKEN: &str = r#"@id("shut") forbid (principal, action, resource);"#;

/// An organisation with two administrators and information governance.
struct House {
    world: World,
    access: Arc<Access>,
    policies: Arc<OwnPolicies>,
    ada: Person,
    ben: Person,
    ivy: Person,
    desk: Person,
    carer: Person,
}

fn open(world: &World, solver: &str) -> (Arc<Access>, Arc<OwnPolicies>) {
    let access = Arc::new(Access::new(Arc::clone(&world.clock) as _).unwrap());
    let (identity, clock) = (Arc::clone(&world.identity), Arc::clone(&world.clock));
    let policies = OwnPolicies::open(
        Arc::clone(&access),
        identity,
        Prover::new(Path::new(solver)),
        clock as _,
    );
    (access, policies.unwrap())
}

fn request() -> RequestId {
    RequestId::random(&SystemRandom as &dyn Random)
}

impl House {
    async fn new(solver: &str) -> Self {
        let world = World::new();
        let (access, policies) = open(&world, solver);
        let person = async |name, role| world.person("WRD01", name, role, name).await;
        let (ada, ben) = (
            person("ada", Role::Administrator).await,
            person("ben", Role::Administrator).await,
        );
        let ivy = person("ivy", Role::InformationGovernance).await;
        let (desk, carer) = (
            person("desk", Role::Receptionist).await,
            person("carer", Role::Carer).await,
        );
        Self {
            world,
            access,
            policies,
            ada,
            ben,
            ivy,
            desk,
            carer,
        }
    }

    /// The same after a start.
    fn restart(&mut self, solver: &str) {
        (self.access, self.policies) = open(&self.world, solver);
    }

    fn assured(&self, person: &Person) -> Assured {
        self.world.assured(person)
    }

    fn grant<A: Action>(&self, who: &Assured) -> Grant<A> {
        let target = Target::accounts(who.organisation());
        let grant = self.access.decide(who, &target, Purpose::Administration);
        grant.unwrap()
    }

    async fn write(&self, who: &Person, text: &str) -> Result<u32, OwnPolicyError> {
        let who = self.assured(who);
        let grant = self.grant::<ManagePolicy>(&who);
        self.policies.write(grant, &who, text, request()).await
    }

    /// Writes, and waits for what the solver says.
    async fn proved(&self, text: &str) -> PolicyView {
        let number = self.write(&self.ada, text).await.unwrap();
        for _ in 0..3_000 {
            let view = self.view(number);
            if !matches!(view.proof, Some(ProofView::UnderWay { .. })) {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no proof within half a minute");
    }

    async fn activate(&self, who: &Person, number: u32) -> Result<(), OwnPolicyError> {
        let who = self.assured(who);
        let grant = self.grant(&who);
        self.policies.activate(grant, &who, number, request()).await
    }

    async fn narrow(&self, who: &Person, number: u32) -> Result<(), OwnPolicyError> {
        let who = self.assured(who);
        let grant = self.grant::<Contain>(&who);
        self.policies.narrow(grant, &who, number, request()).await
    }

    fn list(&self) -> Vec<PolicyView> {
        let ivy = self.assured(&self.ivy);
        self.policies
            .list(&self.grant::<ReadSecurity>(&ivy))
            .unwrap()
    }

    fn view(&self, number: u32) -> PolicyView {
        let mut all = self.list().into_iter();
        all.find(|one| one.number == number).unwrap()
    }

    fn finds(&self, who: &Person, resource_type: &str) -> bool {
        let (who, place) = (self.assured(who), ods("WRD01"));
        let target = Target::resource_type(&place, resource_type);
        let found = self
            .access
            .decide::<Search>(&who, &target, Purpose::DirectCare);
        found.is_ok()
    }

    /// Whether the forbid and the permit of [`POLICY`] are in force.
    fn in_force(&self) -> (bool, bool) {
        let forbid = !self.finds(&self.desk, "Patient");
        (forbid, self.finds(&self.carer, "Observation"))
    }
}

#[tokio::test]
async fn one_writes_a_policy_and_another_puts_it_in_force() {
    let house = House::new("cvc5").await;
    let draft = house.proved(POLICY).await;
    assert_eq!(draft.standing, Standing::Draft);
    assert!(matches!(draft.proof, Some(ProofView::Holds { asked, .. }) if asked > 100));
    assert_eq!(house.in_force(), (false, false), "a draft is not in force");
    let own = house.activate(&house.ada, draft.number).await.unwrap_err();
    assert!(
        own.to_string().contains("another puts it in force"),
        "{own}"
    );
    house.activate(&house.ivy, draft.number).await.unwrap();
    assert_eq!(house.in_force(), (true, true));
    let view = house.view(draft.number);
    assert_eq!(view.standing, Standing::InForce);
    assert_eq!(view.written.by, house.ada.account);
    assert_eq!(view.activated.unwrap().by, house.ivy.account);
    let again = house.activate(&house.ben, draft.number).await;
    assert!(matches!(again, Err(OwnPolicyError::NoSuchPolicy)));

    // The next one takes its place; both are told of.
    let empty = house.proved("").await;
    house.activate(&house.ben, empty.number).await.unwrap();
    assert_eq!(house.in_force(), (false, false));
    let standings: Vec<_> = house.list().iter().map(|one| one.standing).collect();
    assert_eq!(standings, [Standing::InForce, Standing::Replaced]);
}

#[tokio::test]
async fn what_breaks_a_promise_is_told_and_never_in_force() {
    let house = House::new("cvc5").await;
    let draft = house.proved(BROKEN).await;
    let Some(ProofView::Broken(sentences)) = &draft.proof else {
        panic!("{:?}", draft.proof);
    };
    assert!(
        sentences[0].contains("could not do `manage-policy`"),
        "{sentences:?}"
    );
    let refused = house.activate(&house.ben, draft.number).await;
    assert!(matches!(refused, Err(OwnPolicyError::Broken(told)) if told == *sentences));
    assert_eq!(house.view(draft.number).standing, Standing::Draft);
    assert!(house.finds(&house.desk, "Patient"));
    let unreadable = house.write(&house.ada, "permit everything").await;
    assert!(matches!(unreadable, Err(OwnPolicyError::Policy(_))));
}

#[tokio::test]
async fn without_a_solver_nothing_is_put_in_force() {
    let house = House::new("/nowhere/cvc5").await;
    let draft = house.proved(POLICY).await;
    let Some(ProofView::Impossible(why)) = draft.proof else {
        panic!("{:?}", draft.proof);
    };
    assert!(why.contains("apt-get install cvc5"), "{why}");
    let refused = house.activate(&house.ben, draft.number).await.unwrap_err();
    assert!(refused.to_string().contains("cvc5"), "{refused}");
    assert_eq!(house.in_force(), (false, false));
}

#[tokio::test]
async fn after_a_start_a_policy_takes_away_until_it_is_proved_anew() {
    let mut house = House::new("cvc5").await;
    let draft = house.proved(POLICY).await;
    house.activate(&house.ben, draft.number).await.unwrap();
    house.restart("cvc5");
    assert_eq!(house.in_force(), (true, false));
    assert_eq!(house.view(draft.number).standing, Standing::Narrowed);
    Arc::clone(&house.policies).prove_anew().await;
    assert_eq!(house.in_force(), (true, true));
    assert_eq!(house.view(draft.number).standing, Standing::InForce);

    house.restart("/nowhere/cvc5");
    Arc::clone(&house.policies).prove_anew().await;
    assert_eq!(house.in_force(), (true, false), "no solver, no permits");
}

#[tokio::test]
async fn one_person_takes_permits_out_of_force_and_not_forbids() {
    let mut house = House::new("cvc5").await;
    let draft = house.proved(POLICY).await;
    assert!(
        house.narrow(&house.ivy, draft.number).await.is_err(),
        "a draft"
    );
    house.activate(&house.ben, draft.number).await.unwrap();
    house.narrow(&house.ada, draft.number).await.unwrap();
    assert_eq!(house.in_force(), (true, false));
    house.restart("cvc5");
    Arc::clone(&house.policies).prove_anew().await;
    assert_eq!(house.in_force(), (true, false), "not even after a start");
    assert_eq!(
        house.view(draft.number).narrowed.unwrap().by,
        house.ada.account
    );
}

/// Whoever says yes has read a text: no other may stand under its number when they do.
#[tokio::test]
async fn a_number_is_never_used_for_another_text() {
    let mut house = House::new("cvc5").await;
    let first = house.proved(POLICY).await.number;
    let who = house.assured(&house.ada);
    let grant = house.grant::<ManagePolicy>(&who);
    house
        .policies
        .withdraw(grant, &who, first, request())
        .await
        .unwrap();
    house.restart("cvc5");
    let second = house.proved("").await.number;
    assert!(second > first);
    assert!(house.activate(&house.ben, first).await.is_err());
    let third = house.proved(POLICY).await.number;
    assert!(
        house.activate(&house.ben, second).await.is_err(),
        "replaced by a newer draft"
    );
    assert!(third > second);
    assert_eq!(house.view(second).standing, Standing::Withdrawn);
}

#[tokio::test]
async fn who_is_shut_out_meanwhile_counts_for_none_of_the_two() {
    let house = House::new("cvc5").await;
    let draft = house.proved(POLICY).await;
    let (ben, ivy) = (house.assured(&house.ben), house.assured(&house.ivy));
    let by_ivy = Author::Account(&ivy);
    house
        .world
        .identity
        .suspend(by_ivy, house.ada.account)
        .await
        .unwrap();
    assert!(
        house.activate(&house.ben, draft.number).await.is_err(),
        "its author"
    );
    house
        .world
        .identity
        .resume(by_ivy, house.ada.account)
        .await
        .unwrap();
    house
        .world
        .identity
        .suspend(by_ivy, house.ben.account)
        .await
        .unwrap();
    let grant = house.grant(&ivy);
    let late = house
        .policies
        .activate(grant, &ben, draft.number, request())
        .await;
    assert!(matches!(late, Err(OwnPolicyError::Identity(_))), "{late:?}");
    assert_eq!(house.in_force(), (false, false));
}
