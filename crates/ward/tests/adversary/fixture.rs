//! A whole Ward over TLS: pages and API, a record, a service and an app.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;
use ward_access::{Access, OwnPolicies, proof::Prover};
use ward_api::Api;
use ward_core::{Clock, Ods, PatientId, SystemRandom};
use ward_http::{Guard, Listed, Method};
use ward_identity::{Begun, Caller, Role};
use ward_testkit::{
    App, Browser, ORGANISATIONS, ORIGIN, Person, Program, REDIRECT, Raw, Server, VERIFIER, World,
    challenge, ods,
};
use ward_web::{Parts, Web};

pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
/// The record of a patient whom the clinician looks after.
pub(crate) const ANNA: &str = "/fhir/WRD01/Patient/anna";
const RECORDS: [&str; 3] = [
    r#"{"resourceType":"Patient","id":"anna","active":true,"name":[{"family":"Featherstonehaugh","given":["Anna"]}],"birthDate":"1950-03-04"}"#,
    r#"{"resourceType":"Patient","id":"bob","name":[{"family":"Cholmondeley","given":["Bob"]}],"birthDate":"1971-12-24"}"#,
    r#"{"resourceType":"CareTeam","id":"team","status":"active","subject":{"reference":"Patient/anna"},"participant":[{"member":{"reference":"Practitioner/one"}}]}"#,
];

/// What is attacked.
pub(crate) struct Ward {
    pub(crate) server: Server,
    /// A clinician who looks after Anna, signed in.
    pub(crate) clinician: Person,
    /// Reads patients of the first organisation.
    pub(crate) program: Program,
    /// Of the second organisation.
    pub(crate) elsewhere: Program,
    /// What the clinician may let act for them.
    pub(crate) app: App,
}

/// Tokens that an app was given.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// The pages and the API of a world, and nothing else.
pub(crate) async fn serve(world: World) -> Server {
    Server::start(world, |world, origin| {
        let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
        let api = Api::new(
            Arc::clone(&world.records),
            Arc::clone(&world.identity),
            ORGANISATIONS.map(ods),
        );
        let access = Arc::new(Access::new(Arc::clone(&clock)).unwrap());
        let policies = OwnPolicies::open(
            Arc::clone(&access),
            Arc::clone(&world.identity),
            Prover::new("cvc5"),
            Arc::clone(&clock),
        );
        let web = Web::new(Parts {
            identity: Arc::clone(&world.identity),
            access,
            policies: policies.unwrap(),
            records: Arc::clone(&world.records),
            clock,
            random: Arc::new(SystemRandom),
            organisations: HashMap::new(),
        });
        let mut routes = ward_api::routes(&api, origin);
        routes.extend(ward_web::routes(&web));
        routes
    })
    .await
}

/// A server without anybody.
pub(crate) async fn empty() -> Server {
    serve(World::new()).await
}

pub(crate) async fn ward() -> Ward {
    let world = World::new();
    world.import("WRD01", &RECORDS).await;
    let clinician = world.person("WRD01", "one", Role::Clinician, "one").await;
    let program = world.program("WRD01", "reader", "system/Patient.r").await;
    let elsewhere = world.program("WRD02", "other", "system/*.cruds").await;
    let scopes = "launch/patient offline_access patient/*.rs";
    let app = world.app("WRD01", "chart", scopes, false).await;
    Ward {
        server: serve(world).await,
        clinician,
        program,
        elsewhere,
        app,
    }
}

impl Ward {
    /// The clinician's browser.
    pub(crate) fn browser(&self) -> Browser<'_> {
        let mut browser = Browser::new(&self.server, self.clinician.account);
        browser.cookie.clone_from(&self.clinician.token);
        browser
    }

    /// The code that the app is given for these scopes, about Anna.
    pub(crate) async fn code(&self, scope: &str) -> String {
        let identity = &self.server.world.identity;
        let base = |ods: &Ods| format!("{ORIGIN}/fhir/{ods}");
        let Ok(Begun::Ask(request)) = identity.begin_authorization(&self.asking(scope), &base)
        else {
            panic!("the request was refused")
        };
        let assured = self.server.world.assured(&self.clinician);
        if identity.consent(&assured, &request).unwrap().needs_patient {
            let anna = PatientId::new("anna").unwrap();
            identity.choose_patient(&assured, &request, anna).unwrap();
        }
        let caller = Caller::default();
        let allowed = identity.allow_app(&assured, &request, &caller).await;
        let allowed = allowed.unwrap();
        let (_, query) = allowed.split_once('?').unwrap();
        let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
        code.unwrap().to_owned()
    }

    /// A request of the app that is as it should be.
    pub(crate) fn asking(&self, scope: &str) -> Vec<(String, String)> {
        let (id, challenge) = (self.app.id.to_string(), challenge(VERIFIER));
        let fields = [
            ("response_type", "code"),
            ("client_id", &id),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("state", "a state"),
            ("aud", "https://localhost:8443/fhir/WRD01"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    /// Exchanges a code as it should be.
    pub(crate) async fn exchange(&self, code: &str) -> Raw {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        self.app.post(&self.server, "/oauth/token", &fields).await
    }

    /// Tokens of the app, of the clinician.
    pub(crate) async fn tokens(&self) -> Tokens {
        let code = self.code("offline_access patient/Patient.rs").await;
        let answer = json(&self.exchange(&code).await);
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Tokens {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

pub(crate) fn json(raw: &Raw) -> Value {
    serde_json::from_str(&raw.body).unwrap_or_else(|_| panic!("{}\n{}", raw.head, raw.body))
}

/// A path that a pattern matches.
pub(crate) fn path(pattern: &str) -> String {
    let part = |segment: &str| match segment {
        "{ods}" => "WRD01".to_owned(),
        "{type}" => "Patient".to_owned(),
        "{id}" => "anna".to_owned(),
        other if other.starts_with('{') => "1".to_owned(),
        other => other.to_owned(),
    };
    pattern.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The routes that ask for a proof.
pub(crate) fn guarded(server: &Server) -> Vec<Listed> {
    let all = server.routes().into_iter();
    let guarded: Vec<_> = all
        .filter(|route| matches!(route.guard, Guard::Assured { .. }))
        .collect();
    assert!(guarded.len() > 40, "the table is not what it was");
    guarded
}

/// The routes that are declared: OPTIONS, which does nothing, left out.
pub(crate) fn declared(server: &Server) -> Vec<Listed> {
    let all = server.routes().into_iter();
    all.filter(|route| route.method != Method::OPTIONS)
        .collect()
}

/// Whether somebody is told to sign in, or that it can't be done: nothing else.
pub(crate) fn is_refused(answer: &Raw) -> bool {
    let to_sign_in = answer.status == 303 && answer.header("location") == Some("/sign-in");
    (400..500).contains(&answer.status) || to_sign_in
}

#[track_caller]
pub(crate) fn assert_refused(answer: &Raw, what: &str) {
    assert!(
        is_refused(answer),
        "{what}: {}\n{}",
        answer.head,
        answer.body
    );
    assert_tells_nothing(answer, what);
}

/// No name, birthday or number of a patient, and no session.
#[track_caller]
pub(crate) fn assert_tells_nothing(answer: &Raw, what: &str) {
    for secret in [
        "Featherstonehaugh",
        "1950-03-04",
        "Cholmondeley",
        "1971-12-24",
    ] {
        assert!(!answer.body.contains(secret), "{what}: {}", answer.body);
    }
    let set = ward_testkit::session_set_by(answer);
    assert!(set.is_none_or(str::is_empty), "{what}: {}", answer.head);
}
