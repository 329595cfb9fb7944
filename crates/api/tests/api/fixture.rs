//! The world of these tests: two organisations, a program in each, a few records.

use std::sync::Arc;

use serde_json::Value;
use ward_access::{Access, OwnPolicies, proof::Prover};
use ward_api::Api;
use ward_testkit::{ORGANISATIONS, Program, Raw, Server, World, ods};

/// The base of the first organisation.
pub(crate) const BASE: &str = "/fhir/WRD01";
/// The header of what is sent.
pub(crate) const FHIR: &str = "Content-Type: application/fhir+json";

pub(crate) const ANNA: &str = r#"{"resourceType":"Patient","id":"anna","active":true,"name":[{"family":"Smith","given":["Anna"]}],"birthDate":"1950-03-04"}"#;
pub(crate) const BOB: &str = r#"{"resourceType":"Patient","id":"bob","name":[{"family":"Jones","given":["Bob"]}],"birthDate":"1971-12-24"}"#;

pub(crate) struct Ward {
    pub(crate) server: Server,
    /// May do everything in the first organisation.
    pub(crate) program: Program,
    /// May do everything in the second.
    pub(crate) other: Program,
}

pub(crate) async fn ward() -> Ward {
    let world = World::new();
    world.import("WRD01", &[ANNA, BOB]).await;
    let program = world.program("WRD01", "everything", "system/*.cruds").await;
    let other = world.program("WRD02", "elsewhere", "system/*.cruds").await;
    let server = Server::start(world, |world, origin| {
        let api = Api::new(
            world.records.clone(),
            world.identity.clone(),
            ORGANISATIONS.map(ods),
        );
        let access = Arc::new(Access::new(world.clock.clone()).unwrap());
        let (identity, clock) = (world.identity.clone(), world.clock.clone());
        let policies = OwnPolicies::open(access, identity, Prover::new("cvc5"), clock).unwrap();
        let mut routes = ward_api::routes(&api, origin);
        routes.extend(ward_api::policy_routes(&api, &policies));
        routes
    })
    .await;
    Ward {
        server,
        program,
        other,
    }
}

impl Ward {
    pub(crate) async fn get(&self, path: &str) -> Raw {
        self.with("GET", path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Raw {
        self.with("POST", path, &[FHIR], body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Raw {
        self.with("PUT", path, &[FHIR], body).await
    }

    /// Any request of the first program, beneath its base.
    pub(crate) async fn with(&self, method: &str, path: &str, lines: &[&str], body: &str) -> Raw {
        let target = format!("{BASE}{path}");
        self.server
            .ask(&self.program, method, &target, lines, body.as_bytes())
            .await
    }

    /// How many patients there are: what a refused request must not change.
    pub(crate) async fn patients(&self) -> u64 {
        let found = self.get("/Patient?_count=0&_total=accurate").await;
        json(&found)["total"].as_u64().unwrap()
    }
}

pub(crate) fn json(raw: &Raw) -> Value {
    serde_json::from_str(&raw.body).unwrap_or_else(|_| panic!("{}\n{}", raw.head, raw.body))
}

/// Checks that a refusal is an OperationOutcome that names its request and tells nothing else.
#[track_caller]
pub(crate) fn assert_refused(raw: &Raw, status: u16) {
    assert_eq!(raw.status, status, "{}\n{}", raw.head, raw.body);
    let outcome = json(raw);
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    assert_eq!(outcome["id"], raw.header("x-request-id").unwrap());
    assert!(!outcome["issue"].as_array().unwrap().is_empty());
    assert_eq!(raw.header("cache-control"), Some("no-store"));
    for leak in ["Smith", "/tmp", "panicked", "src/", ".rs:", "sqlite"] {
        assert!(!raw.body.contains(leak), "{leak} in {}", raw.body);
    }
}
