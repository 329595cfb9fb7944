//! An app, a person, and the way from one to the other's tokens.

use serde_json::Value;
use ward_api::Api;
use ward_core::PatientId;
use ward_identity::{Begun, Caller, Role};
use ward_testkit::{
    App, ORGANISATIONS, ORIGIN, Person, REDIRECT, Raw, Server, VERIFIER, World, challenge, form,
    ods,
};

use crate::fixture::{ANNA, BOB, json};

pub(crate) const BASE: &str = "https://localhost:8443/fhir/WRD01";
/// All that the app of these tests may ask for.
const REGISTERED: &str =
    "launch launch/patient offline_access online_access patient/*.cruds user/*.rs";

/// A Ward with an app, and a clinician who looks after Anna and Bob.
pub(crate) struct Launched {
    pub(crate) server: Server,
    pub(crate) app: App,
    pub(crate) person: Person,
}

/// Tokens as the endpoint gives them.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) answer: Value,
}

pub(crate) async fn launched() -> Launched {
    launched_as(false).await
}

pub(crate) async fn launched_as(is_confidential: bool) -> Launched {
    let world = World::new();
    let resources = resources();
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    world.import("WRD01", &resources).await;
    let person = world.person("WRD01", "one", Role::Clinician, "one").await;
    let app = world
        .app("WRD01", "chart", REGISTERED, is_confidential)
        .await;
    let server = Server::start(world, |world, origin| {
        let api = Api::new(
            world.records.clone(),
            world.identity.clone(),
            ORGANISATIONS.map(ods),
        );
        ward_api::routes(&api, origin)
    })
    .await;
    Launched {
        server,
        app,
        person,
    }
}

fn resources() -> Vec<String> {
    let team = |patient: &str| {
        format!(
            r#"{{"resourceType":"CareTeam","id":"team-{patient}","status":"active","subject":{{
            "reference":"Patient/{patient}"}},"participant":[{{"member":{{
            "reference":"Practitioner/one"}}}}]}}"#
        )
    };
    vec![
        ANNA.to_owned(),
        BOB.to_owned(),
        team("anna"),
        team("bob"),
        observation("pulse", "anna", "vital-signs"),
        observation("blood", "anna", "laboratory"),
        observation("pulse-bob", "bob", "vital-signs"),
    ]
}

pub(crate) fn observation(id: &str, patient: &str, category: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{
        "system":"http://terminology.hl7.org/CodeSystem/observation-category",
        "code":"{category}"}}]}}],"code":{{"text":"x"}},
        "subject":{{"reference":"Patient/{patient}"}}}}"#
    )
}

impl Launched {
    /// The parameters of a good request.
    pub(crate) fn request(&self, scope: &str) -> Vec<(String, String)> {
        let (id, challenge) = (self.app.id.to_string(), challenge(VERIFIER));
        [
            ("response_type", "code"),
            ("client_id", &id),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("state", "s&1"),
            ("aud", BASE),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// What the browser is answered.
    pub(crate) async fn authorize(&self, pairs: &[(String, String)]) -> Raw {
        let fields: Vec<_> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
        let target = format!("/oauth/authorize?{}", form(&fields));
        self.server.wire.send("GET", &target, &[], b"").await
    }

    /// Begins, and has the person allow it about Anna: the URL that the app is answered at.
    pub(crate) async fn allowed(&self, pairs: &[(String, String)]) -> String {
        let identity = &self.server.world.identity;
        let base = |ods: &ward_core::Ods| format!("{ORIGIN}/fhir/{ods}");
        let Ok(Begun::Ask(request)) = identity.begin_authorization(pairs, &base) else {
            panic!("the request was refused")
        };
        let assured = self.server.world.assured(&self.person);
        let asked = identity.consent(&assured, &request).unwrap();
        if asked.needs_patient {
            let anna = PatientId::new("anna").unwrap();
            identity.choose_patient(&assured, &request, anna).unwrap();
        }
        let caller = Caller::default();
        let allowed = identity.allow_app(&assured, &request, &caller);
        allowed.await.unwrap()
    }

    /// A code for these scopes.
    pub(crate) async fn code(&self, scope: &str) -> String {
        code_in(&self.allowed(&self.request(scope)).await)
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

    /// Tokens for these scopes.
    pub(crate) async fn tokens(&self, scope: &str) -> Tokens {
        let code = self.code(scope).await;
        tokens(&self.exchange(&code).await)
    }

    pub(crate) async fn refresh(&self, token: &str) -> Raw {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.app.post(&self.server, "/oauth/token", &fields).await
    }

    /// The status of a read with a token.
    pub(crate) async fn status(&self, path: &str, token: &str) -> u16 {
        let target = format!("/fhir/WRD01/{path}");
        self.app.get(&self.server, &target, token).await.status
    }
}

pub(crate) fn code_in(url: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
    code.unwrap().to_owned()
}

#[track_caller]
pub(crate) fn tokens(answer: &Raw) -> Tokens {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = json(answer);
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    Tokens {
        access: text("access_token"),
        refresh: text("refresh_token"),
        answer,
    }
}

#[track_caller]
pub(crate) fn assert_error(answer: &Raw, code: &str) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(json(answer)["error"], code, "{}", answer.body);
}
