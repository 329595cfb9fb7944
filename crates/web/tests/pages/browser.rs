//! A server with pages, and the browsers of its people.

use std::{collections::HashMap, sync::Arc};

use ward_access::{Access, OwnPolicies, proof::Prover};
use ward_core::{Clock, SystemRandom};
pub(crate) use ward_testkit::{Browser, PASSWORD, hidden, shown_link};
use ward_testkit::{Server, World};
use ward_web::{Parts, Web};

/// Serves the pages of a new world.
pub(crate) async fn serve() -> Server {
    Server::start(World::new(), |world, _| {
        let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
        let access = Arc::new(Access::new(Arc::clone(&clock)).unwrap());
        let (identity, prover) = (Arc::clone(&world.identity), Prover::new("cvc5"));
        let policies = OwnPolicies::open(
            Arc::clone(&access),
            Arc::clone(&identity),
            prover,
            Arc::clone(&clock),
        );
        let web = Web::new(Parts {
            identity,
            access,
            policies: policies.unwrap(),
            records: Arc::clone(&world.records),
            clock,
            random: Arc::new(SystemRandom),
            organisations: HashMap::new(),
        });
        ward_web::routes(&web)
    })
    .await
}
