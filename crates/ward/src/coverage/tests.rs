//! Coverage of a whole Ward over TLS, and of one that was sabotaged: each sabotage must be seen.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use ward_access::{Access, OwnPolicies, proof::Prover};
use ward_api::Api;
use ward_core::{Clock, SystemRandom};
use ward_http::{Credential, Guard, Listed, Method, Response, Route, StatusCode};
use ward_identity::{Author, Role};
use ward_testkit::{ORGANISATIONS, ORIGIN, Server, World, ods};
use ward_web::{Parts, Web};

use super::{
    held::{Held, Is, Secret},
    inventory::{Inventory, Takes},
    kind::Kind,
    plan::{Means, Shown, opens, plan},
    probe::{Probed, Prober},
    report::{Claim, Report},
    wire::Wire,
};
use crate::client::Key;

/// Serves everything that Ward serves, and what a test adds.
async fn serve(world: World, more: Vec<Route>) -> Server {
    Server::start(world, |world, origin| {
        let (identity, records) = (Arc::clone(&world.identity), Arc::clone(&world.records));
        let api = Api::new(records, Arc::clone(&identity), ORGANISATIONS.map(ods));
        let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
        let access = Arc::new(Access::new(Arc::clone(&clock)).unwrap());
        let policies = OwnPolicies::open(
            Arc::clone(&access),
            Arc::clone(&identity),
            Prover::new("cvc5"),
            Arc::clone(&clock),
        );
        let policies = policies.unwrap();
        let coverage = ward_api::coverage_routes(&api, &policies);
        let web = Web::new(Parts {
            identity,
            access,
            policies,
            records: Arc::clone(&world.records),
            clock,
            random: Arc::new(SystemRandom),
            organisations: std::collections::HashMap::new(),
        });
        let mut routes = ward_api::routes(&api, origin);
        routes.extend(ward_web::routes(&web));
        routes.extend(coverage);
        routes.extend(more);
        routes
    })
    .await
}

fn row(listed: &Listed) -> Value {
    let (public, action, credential) = match listed.guard {
        Guard::Public { reason } => (Some(reason), None, None),
        Guard::Assured { action, credential } => (None, Some(action), Some(credential.as_str())),
    };
    json!({
        "method": listed.method.as_str(), "pattern": listed.pattern, "public": public,
        "action": action, "credential": credential, "stream": listed.is_stream,
    })
}

fn inventory(server: &Server) -> Value {
    let routes: Vec<_> = server.routes().iter().map(row).collect();
    json!({
        "origin": ORIGIN, "organisation": "WRD01", "organisations": ["WRD01"], "routes": routes,
        "sockets": {"listed": [], "observed": []}, "accounts": [], "services": [],
    })
}

/// What the world's people and programs have in their hands.
async fn hands(world: &World) -> Vec<Held> {
    let anna = world.person("WRD01", "anna", Role::Clinician, "anna").await;
    let gone = world.person("WRD01", "gone", Role::Clinician, "gone").await;
    let suspended = world.identity.suspend(Author::Setup, gone.account);
    suspended.await.unwrap();
    let held = |is, organisation: &str, secret| Held {
        is,
        organisation: organisation.to_owned(),
        secret,
    };
    let mut hands = vec![
        held(Is::Person, "WRD01", Secret::Cookie(anna.token)),
        held(Is::Revoked, "WRD01", Secret::Cookie(gone.token)),
        held(Is::Recovery, "WRD01", Secret::Name("QUFB".repeat(11))),
        held(Is::Expired, "WRD01", Secret::Name("QkJC".repeat(11))),
    ];
    let password = Secret::Password {
        name: "anna@WRD01".to_owned(),
        password: "seven tractors in fog".to_owned(),
    };
    hands.push(held(Is::Password, "WRD01", password));
    for code in ORGANISATIONS {
        let program = world.program(code, "program", "system/*.cruds").await;
        let secret = Secret::Token {
            token: program.token().to_owned(),
            // Another key than the token's: a test's clock stands still, and proofs are of now.
            key: Key::new().unwrap(),
        };
        hands.push(held(Is::Service, code, secret));
    }
    hands
}

async fn probe(server: &Server, inventory: &Value, held: &[Held]) -> Report {
    let inventory: Inventory = serde_json::from_value(inventory.clone()).unwrap();
    let base = format!("https://localhost:{}", server.wire.address.port());
    let certificate = reqwest::Certificate::from_der(&server.wire.certificate).unwrap();
    let wire = Wire::reached_at(&base, ORIGIN, Some(certificate)).unwrap();
    let prober = Prober::new(&wire).unwrap();
    let half_way = prober.half_way().await.unwrap();
    assert!(!half_way.is_empty());
    prober.prepare(held).await.unwrap();
    let means = Means {
        inventory: &inventory,
        held,
        ids: &BTreeMap::new(),
        half_way: &half_way,
    };
    let mut probed = Probed::default();
    prober.run(&means, None, &mut probed).await.unwrap();
    let proved = Claim {
        claim: "two-factors".to_owned(),
        request_kind: "read".to_owned(),
        proved: true,
    };
    Report::new(&[inventory], &probed, vec![proved])
}

/// What is open but for kinds that this world does not have.
fn open(report: &Report) -> Vec<&str> {
    let open = report.open.iter().map(String::as_str);
    open.filter(|open| !open.contains("was not tried"))
        .collect()
}

#[tokio::test]
async fn nothing_gets_in_anywhere_with_what_is_no_right_credential() {
    let world = World::new();
    let held = hands(&world).await;
    let server = serve(world, Vec::new()).await;
    let report = probe(&server, &inventory(&server), &held).await;
    assert_eq!(open(&report), Vec::<&str>::new(), "{}", report.table());
    assert_eq!(report.let_in, 0);
    assert!(report.probes > 1_500, "{}", report.probes);
    assert_eq!(report.routes, server.routes().len());
}

#[tokio::test]
async fn a_route_that_lets_anyone_in_is_a_hole() {
    for (method, answer) in [
        (Method::GET, StatusCode::OK),
        (Method::POST, StatusCode::NO_CONTENT),
        (Method::DELETE, StatusCode::NOT_FOUND),
        (Method::GET, StatusCode::FORBIDDEN),
    ] {
        let hole = Route::public(method, "/side-door", "a sabotage", move |_| async move {
            Ok(Response::new(answer))
        });
        let server = serve(World::new(), vec![hole]).await;
        // The inventory lies about it, as one would that was not made from the table.
        let mut lying = inventory(&server);
        let routes = lying["routes"].as_array_mut().unwrap();
        routes.retain(|route| route["pattern"] == "/side-door");
        for route in routes
            .iter_mut()
            .filter(|route| route["method"] != "OPTIONS")
        {
            route["public"] = Value::Null;
            route["credential"] = json!("session");
        }
        let report = probe(&server, &lying, &[]).await;
        assert!(report.let_in > 0 && !report.covered, "{answer}");
        assert_eq!(
            report.holes[0]["route"].as_str().unwrap().split(' ').nth(1),
            Some("/side-door")
        );
    }
}

#[tokio::test]
async fn a_public_route_that_gives_a_session_for_a_password_is_a_hole() {
    let hole = Route::public(Method::POST, "/legacy/sign-in", "a sabotage", |_| async {
        let cookie = ward_http::header::HeaderValue::from_static("__Host-ward=abc; Secure");
        Ok(Response::new(StatusCode::OK).with_cookie(cookie))
    });
    let server = serve(World::new(), vec![hole]).await;
    let report = probe(&server, &inventory(&server), &[]).await;
    assert!(report.let_in > 0 && !report.covered);
}

#[tokio::test]
async fn a_method_that_nobody_declared_is_a_hole() {
    let hole = Route::public(Method::PATCH, "/session/stay", "a sabotage", |_| async {
        Ok(Response::new(StatusCode::NO_CONTENT))
    });
    let server = serve(World::new(), vec![hole]).await;
    let mut lying = inventory(&server);
    let routes = lying["routes"].as_array_mut().unwrap();
    routes.retain(|route| route["pattern"] == "/session/stay" && route["method"] != "PATCH");
    let report = probe(&server, &lying, &[]).await;
    assert_eq!(report.holes[0]["route"], "PATCH /session/stay");
    assert!(!report.covered);
}

/// Every route, and a right credential of each kind, of these organisations.
fn changes_with_a_right_credential(organisations: &[&str]) -> Vec<String> {
    let row = |method: &str, pattern: &str, credential: &str| json!({"method": method, "pattern": pattern, "credential": credential});
    let mut rows = Vec::new();
    for (pattern, credential) in [
        ("/patients/{id}", "session"),
        ("/fhir/{ods}/{type}/{id}", "dpop"),
        ("/manage/accounts/{id}/suspend", "manage"),
        ("/manage/session", "manage"),
    ] {
        rows.extend(
            ["GET", "POST", "PUT", "DELETE"].map(|method| row(method, pattern, credential)),
        );
    }
    let mut inventory = json!({
        "origin": ORIGIN, "organisation": "WRD01", "organisations": [], "routes": rows,
        "sockets": {"listed": [], "observed": []}, "services": [],
    });
    inventory["accounts"] = json!([
        {"id": "known", "name": "k@WRD01", "role": "clinician", "suspended": false,
         "passkeys": 1, "password_and_totp": false, "one_factor_alone": false},
    ]);
    let inventory: Inventory = serde_json::from_value(inventory).unwrap();
    let mut held = Vec::new();
    for organisation in organisations {
        let token = || Secret::Token {
            token: "token".to_owned(),
            key: Key::new().unwrap(),
        };
        let cookie = Secret::Cookie("cookie".to_owned());
        for (is, secret) in [
            (Is::Operator, token()),
            (Is::Service, token()),
            (Is::Person, cookie),
        ] {
            let organisation = (*organisation).to_owned();
            held.push(Held {
                is,
                organisation,
                secret,
            });
        }
    }
    let means = Means {
        inventory: &inventory,
        held: &held,
        ids: &BTreeMap::new(),
        half_way: &[],
    };
    let takes = |pattern: &str| {
        let mut routes = inventory.routes.iter();
        let route = routes.find(|route| route.pattern == pattern);
        route.and_then(|route| route.credential).unwrap()
    };
    let probes = plan(&means);
    assert!(probes.len() > 50);
    let changes = probes.iter().filter(|probe| {
        let is_right = |held: &Held| opens(held.is, takes(probe.pattern));
        let shows_right = match probe.shown {
            Shown::Token { held, replayed } => is_right(held) && !replayed,
            Shown::Upgrade(_, Some(held)) => is_right(held),
            Shown::Cookie(_) => takes(probe.pattern) == Takes::Session,
            _ => false,
        };
        shows_right && !["GET", "HEAD"].contains(&probe.method)
    });
    changes
        .map(|probe| format!("{} {}", probe.method, probe.pattern))
        .collect()
}

#[test]
fn a_right_credential_is_never_shown_where_it_would_change_something() {
    for own in [&["WRD01"][..], &[""], &["WRD01", ""]] {
        assert_eq!(
            changes_with_a_right_credential(own),
            Vec::<String>::new(),
            "{own:?}"
        );
    }
    // Another organisation's is, as it is not right there.
    assert!(!changes_with_a_right_credential(&["WRD01", "WRD02"]).is_empty());
}

#[tokio::test]
async fn what_is_shown_of_another_organisations_is_a_hole_unless_nobodys_id_gets_the_same() {
    let page = |tells: bool| {
        let pattern = if tells {
            "/accounts/{id}/told"
        } else {
            "/accounts/{id}/asked"
        };
        Route::assured(
            Method::GET,
            pattern,
            "x",
            Credential::Session,
            move |request| async move {
                let id = request.parameter("id");
                let more = if tells && id == "known" {
                    "somebody"
                } else {
                    ""
                };
                let text = format!("<form action=\"/accounts/{id}\">{more}</form>");
                Ok(Response::html(StatusCode::OK, text))
            },
        )
    };
    let world = World::new();
    let other = world.person("WRD02", "other", Role::Clinician, "o").await;
    let server = serve(world, vec![page(true), page(false)]).await;
    let mut inventory = inventory(&server);
    inventory["accounts"] = json!([
        {"id": "known", "name": "k@WRD01", "role": "clinician", "suspended": false,
         "passkeys": 1, "password_and_totp": false, "one_factor_alone": false},
    ]);
    let routes = inventory["routes"].as_array_mut().unwrap();
    routes.retain(|route| {
        let pattern = route["pattern"].as_str().unwrap();
        pattern.ends_with("/told") || pattern.ends_with("/asked")
    });
    let held = [Held {
        is: Is::Person,
        organisation: "WRD02".to_owned(),
        secret: Secret::Cookie(other.token),
    }];
    let report = probe(&server, &inventory, &held).await;
    let holes: Vec<_> = report
        .holes
        .iter()
        .map(|hole| hole["route"].as_str().unwrap())
        .collect();
    assert_eq!(holes, ["GET /accounts/{id}/told"]);
}

/// What must be told, and what brings it about.
type Sabotage = (&'static str, fn(&mut Value));

/// A report of what a server says of itself, with nothing let in.
fn told(change: impl FnOnce(&mut Value)) -> Report {
    let mut inventory = json!({
        "origin": ORIGIN, "organisation": "WRD01", "organisations": ["WRD01"], "routes": [],
        "sockets": {"listed": [], "observed": [
            {"protocol": "tcp", "address": "127.0.0.1:8443", "purpose": "pages"},
        ]},
        "accounts": [
            {"id": "a", "name": "a@WRD01", "role": "clinician", "suspended": false,
             "passkeys": 1, "password_and_totp": false, "one_factor_alone": false},
            {"id": "b", "name": "b@WRD01", "role": "clinician", "suspended": false,
             "passkeys": 0, "password_and_totp": true, "one_factor_alone": false},
            {"id": "c", "name": "c@WRD01", "role": "clinician", "suspended": false,
             "passkeys": 0, "password_and_totp": false, "one_factor_alone": false},
        ],
        "services": [
            {"id": "s", "name": "s@WRD01", "enrolled_by": "a", "approved_by": "b",
             "expires": "2027-01-01T00:00:00.000Z", "suspended": false},
        ],
        "providers": [
            {"name": "CIS2", "issuer": "https://provider.example", "map": "acr AAL3 = phishing-resistant",
             "proposed_by": "a", "approved_by": "b", "works": true},
        ],
        "policies": [{"name": "own", "standing": "in-force", "proved": true}],
    });
    change(&mut inventory);
    let inventory: Inventory = serde_json::from_value(inventory).unwrap();
    let mut probed = Probed {
        probes: 1,
        ..Probed::default()
    };
    let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::Device);
    probed.by_kind.extend(kinds.map(|kind| (*kind, 1)));
    let proved = Claim {
        claim: "two-factors".to_owned(),
        request_kind: "read".to_owned(),
        proved: true,
    };
    Report::new(&[inventory], &probed, vec![proved])
}

#[test]
fn what_a_server_says_of_itself_is_covered_or_tells_what_is_open() {
    let whole = told(|_| {});
    assert!(whole.covered, "{:?}", whole.open);
    let sabotages: [Sabotage; 10] = [
        ("sockets listen that nobody listed", |it| {
            it["sockets"]["observed"][0]["purpose"] = Value::Null;
        }),
        ("does not say what the server listens on", |it| {
            it["sockets"]["observed"] = Value::Null;
        }),
        ("accounts have one factor alone", |it| {
            it["accounts"][1]["one_factor_alone"] = json!(true);
        }),
        ("services have no second person", |it| {
            it["services"][0]["approved_by"] = Value::Null;
        }),
        ("services have no second person", |it| {
            it["services"][0]["approved_by"] = json!("a");
        }),
        ("CIS2 vouches without two people", |it| {
            it["providers"][0]["approved_by"] = Value::Null;
        }),
        ("CIS2 vouches without two people or without a map", |it| {
            it["providers"][0]["map"] = json!("");
        }),
        ("in force without its proof", |it| {
            it["policies"][0]["proved"] = json!(false);
        }),
        ("the accounts of WRD02 were not looked at", |it| {
            it["organisations"] = json!(["WRD01", "WRD02"]);
        }),
        ("device was not tried", |it| {
            it["devices"] = json!([{"id": "d"}]);
        }),
    ];
    for (open, sabotage) in sabotages {
        let report = told(sabotage);
        assert!(!report.covered, "{open}");
        assert_eq!(report.open.len(), 1, "{:?}", report.open);
        assert!(report.open[0].contains(open), "{:?}", report.open);
    }
}

#[test]
fn a_report_has_the_fields_that_programs_read_first_and_in_this_order() {
    let json = serde_json::to_string(&told(|_| {})).unwrap();
    let mut rest = json.as_str();
    for field in [
        "routes",
        "routes_public",
        "probes",
        "let_in",
        "accounts",
        "accounts_without_second_factor",
        "services",
        "services_without_approver",
        "sockets_unlisted",
        "claims",
        "policy_proved",
        "covered",
    ] {
        let at = rest.find(&format!("\"{field}\":"));
        rest = &rest[at.unwrap_or_else(|| panic!("{field} in {json}"))..];
    }
}
