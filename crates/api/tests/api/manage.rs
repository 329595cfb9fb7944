//! Administration by command lines, over TLS: what it does, what it refuses, and who tries.

use std::time::Duration;

use serde_json::{Value, json};
use ward_access::{Search, Target};
use ward_core::{Clock, limits};
use ward_http::{Guard, Method};
use ward_identity::Role;
use ward_log::{Purpose, RefusalReason};
use ward_testkit::{CommandLine, ORIGIN, Person, Raw, ServiceClient, ods};

use crate::fixture::{FHIR, Ward, ward};

struct Office {
    ward: Ward,
    admin: Person,
    line: CommandLine,
}

async fn office() -> Office {
    let ward = ward().await;
    let admin = person(&ward, "WRD01", "ada", Role::Administrator).await;
    let line = CommandLine::of(&ward.server, &admin).await;
    Office { ward, admin, line }
}

async fn person(ward: &Ward, code: &str, name: &str, role: Role) -> Person {
    ward.server.world.person(code, name, role, "").await
}

impl Office {
    async fn ask(&self, method: &str, path: &str, body: &Value) -> Raw {
        self.ask_by(&self.line, method, path, body).await
    }

    async fn ask_by(&self, line: &CommandLine, method: &str, path: &str, body: &Value) -> Raw {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        line.ask(&self.ward.server, method, path, &body).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Another administrator, connected.
    async fn colleague(&self, name: &str) -> (Person, CommandLine) {
        let person = person(&self.ward, "WRD01", name, Role::Administrator).await;
        let line = CommandLine::of(&self.ward.server, &person).await;
        (person, line)
    }
}

fn read(answer: &Raw) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn an_administrator_keeps_accounts_from_their_command_line() {
    let office = office().await;
    let own = office.get("/manage/session").await;
    assert_eq!(own["name"], "ada@WRD01");
    assert_eq!(own["factors"], json!(["passkey", "dpop"]));
    let new = json!({"name": "b.lee", "display_name": "Bo Lee", "role": "clinician"});
    let made = office.ask("POST", "/manage/accounts", &new).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = read(&made);
    assert!(
        made["url"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{ORIGIN}/enrol/"))
    );
    let id = made["account"].as_str().unwrap();
    let shown = office.get(&format!("/manage/accounts/{id}")).await;
    assert_eq!(shown["state"], "not-enrolled");
    assert_eq!(shown["created_by"], json!(office.admin.account));
    for (step, state) in [
        ("suspend", "waits-to-be-let-in"),
        ("resume", "not-enrolled"),
    ] {
        let path = format!("/manage/accounts/{id}/{step}");
        assert_eq!(
            office.ask("POST", &path, &Value::Null).await.status,
            204,
            "{step}"
        );
        let shown = office.get(&format!("/manage/accounts/{id}")).await;
        assert_eq!(shown["state"], state);
    }
    let path = format!("/manage/accounts/{id}/link");
    let another = office.ask("POST", &path, &Value::Null).await;
    assert_eq!(another.status, 200);
    assert_ne!(read(&another)["url"], made["url"]);
    let all = office.get("/manage/accounts").await;
    let all = all["accounts"].as_array().unwrap();
    assert!(all.iter().any(|one| one["name"] == "b.lee@WRD01"));
    assert!(all.iter().all(|one| one["role"] != "service"));
}

#[tokio::test]
async fn what_is_not_right_is_said_and_nothing_of_it_is_done() {
    let office = office().await;
    let new = |name: &str, role: &str| json!({"name": name, "display_name": "X", "role": role});
    for (body, status, code) in [
        (new("ada", "clinician"), 409, "name-taken"),
        (new("x@y", "clinician"), 422, "name"),
        (new("robot", "service"), 409, "not-possible"),
        (new("x", "root"), 400, "body"),
        (json!({"name": "x"}), 400, "body"),
        (json!([]), 400, "body"),
    ] {
        let answer = office.ask("POST", "/manage/accounts", &body).await;
        assert_eq!(
            (answer.status, read(&answer)["error"].as_str()),
            (status, Some(code))
        );
        assert!(read(&answer)["request"].is_string());
    }
    let own = office.admin.account;
    let path = format!("/manage/accounts/{own}/suspend");
    let answer = office.ask("POST", &path, &Value::Null).await;
    assert_eq!(read(&answer)["error"], "not-possible");
    for nobody in ["0f".repeat(16).as_str(), "x", "1"] {
        let path = format!("/manage/accounts/{nobody}/suspend");
        assert_eq!(office.ask("POST", &path, &Value::Null).await.status, 404);
    }
}

#[tokio::test]
async fn a_change_wants_a_fresh_proof_and_a_program_is_told_which() {
    let office = office().await;
    let clock = &office.ward.server.world.clock;
    clock.advance(limits::FRESH_PROOF);
    assert_eq!(
        office
            .ask("GET", "/manage/accounts", &Value::Null)
            .await
            .status,
        200
    );
    let new = json!({"name": "b.lee", "display_name": "Bo Lee", "role": "clinician"});
    let answer = office.ask("POST", "/manage/accounts", &new).await;
    assert_eq!(answer.status, 401);
    let told = answer.header("www-authenticate").unwrap();
    assert!(told.contains("insufficient_user_authentication"), "{told}");
    assert!(
        told.contains("acr_values=\"phr\", max_age=\"300\""),
        "{told}"
    );
}

#[tokio::test]
async fn a_service_is_proposed_by_one_approved_by_another_and_ended_at_once() {
    let office = office().await;
    let server = &office.ward.server;
    let expires = (server.world.clock.now() + Duration::from_hours(24 * 90)).to_string();
    let jwks: Value = serde_json::from_str(&ServiceClient::new().unwrap().jwks()).unwrap();
    let new = json!({
        "name": "labs", "display_name": "Laboratory", "jwks": jwks,
        "scopes": "system/Observation.c", "expires": expires,
    });
    let proposed = office.ask("POST", "/manage/services", &new).await;
    assert_eq!(proposed.status, 201, "{}", proposed.body);
    let proposed = read(&proposed);
    let approve = format!(
        "/manage/services/{}/approve",
        proposed["id"].as_str().unwrap()
    );
    let alone = office.ask("POST", &approve, &Value::Null).await;
    assert_eq!(read(&alone)["error"], "not-possible");
    let (_, other) = office.colleague("ben").await;
    let approved = office.ask_by(&other, "POST", &approve, &Value::Null).await;
    assert_eq!(approved.status, 204, "{}", approved.body);
    let listed = office.get("/manage/services").await;
    let find = |listed: &Value| -> Value {
        let mut all = listed["services"].as_array().unwrap().iter();
        all.find(|one| one["name"] == "labs@WRD01").unwrap().clone()
    };
    let found = find(&listed);
    assert_eq!(found["enrolled_by"], json!(office.admin.account));
    assert_eq!(
        (&found["expires"], &found["suspended"]),
        (&json!(expires), &json!(false))
    );
    let suspend = approve.replace("/approve", "/suspend");
    assert_eq!(office.ask("POST", &suspend, &Value::Null).await.status, 204);
    assert_eq!(
        find(&office.get("/manage/services").await)["suspended"],
        true
    );
    // A service is no person: its id names no account there.
    let as_person = suspend.replace("/services/", "/accounts/");
    assert_eq!(
        office.ask("POST", &as_person, &Value::Null).await.status,
        404
    );
}

#[tokio::test]
async fn an_app_is_proposed_by_one_approved_by_another_and_ended_for_good() {
    let office = office().await;
    let server = &office.ward.server;
    let expires = (server.world.clock.now() + Duration::from_hours(24 * 90)).to_string();
    let new = json!({
        "name": "Growth chart", "redirect_uris": ["https://app.example/callback"],
        "scopes": "launch/patient patient/Observation.rs", "expires": expires,
    });
    let proposed = office.ask("POST", "/manage/apps", &new).await;
    assert_eq!(proposed.status, 201, "{}", proposed.body);
    let proposed = read(&proposed);
    let approve = format!("/manage/apps/{}/approve", proposed["id"].as_str().unwrap());
    assert_eq!(office.ask("POST", &approve, &Value::Null).await.status, 409);
    let (_, other) = office.colleague("ben").await;
    assert_eq!(
        office
            .ask_by(&other, "POST", &approve, &Value::Null)
            .await
            .status,
        204
    );
    let end = approve.replace("/approve", "/end");
    assert_eq!(office.ask("POST", &end, &Value::Null).await.status, 204);
    let listed = office.get("/manage/apps").await;
    assert_eq!(listed["apps"][0]["ended"], true);
    assert_eq!(listed["apps"][0]["confidential"], false);
}

#[tokio::test]
async fn an_account_is_recovered_by_two_command_lines_and_an_hour() {
    let office = office().await;
    let lost = person(&office.ward, "WRD01", "lou", Role::Clinician).await;
    let path = |step: &str| format!("/manage/accounts/{}/recovery/{step}", lost.account);
    let notes = json!({"notes": "Came by with her passport."});
    assert_eq!(office.ask("POST", &path("open"), &notes).await.status, 204);
    let listed = office.get("/manage/recoveries").await;
    let recovery = &listed["recoveries"][0];
    assert_eq!(
        (&recovery["step"], &recovery["account"]),
        (&json!("opened"), &json!(lost.account))
    );
    let named = json!({"recovery": recovery["id"]});
    assert_eq!(
        office.ask("POST", &path("approve"), &named).await.status,
        409
    );
    let (other_person, other) = office.colleague("ben").await;
    let approved = office
        .ask_by(&other, "POST", &path("approve"), &named)
        .await;
    assert_eq!(approved.status, 204, "{}", approved.body);
    assert_eq!(
        office.ask("POST", &path("link"), &named).await.status,
        409,
        "it waits"
    );
    let stopped = office.ask_by(&other, "POST", &path("stop"), &named).await;
    assert_eq!(stopped.status, 204);
    assert_eq!(
        office.get("/manage/recoveries").await["recoveries"],
        json!([])
    );
    drop(other_person);
}

/// The attack: an administrator of one organisation asks after another's people.
#[tokio::test]
async fn one_organisations_administrator_reaches_nobody_of_another() {
    let office = office().await;
    let stranger = person(&office.ward, "WRD02", "zoe", Role::Clinician).await;
    let named = json!({"recovery": "x"});
    for (method, step, body) in [
        ("GET", "", &Value::Null),
        ("POST", "/link", &Value::Null),
        ("POST", "/suspend", &Value::Null),
        ("POST", "/resume", &Value::Null),
        ("POST", "/recovery/open", &json!({"notes": "x"})),
        ("POST", "/recovery/approve", &named),
        ("POST", "/recovery/stop", &named),
        ("POST", "/recovery/link", &named),
    ] {
        let path = format!("/manage/accounts/{}{step}", stranger.account);
        let answer = office.ask(method, &path, body).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let all = office.ask("GET", "/manage/accounts", &Value::Null).await;
    assert!(!all.body.contains("WRD02"));
    assert!(
        office
            .ward
            .server
            .world
            .identity
            .authenticate(&stranger.token, None)
            .is_some()
    );
}

/// The attack: whoever sees patients asks to see accounts, or the other way round.
#[tokio::test]
async fn roles_are_as_on_the_pages() {
    let office = office().await;
    let clinician = person(&office.ward, "WRD01", "cleo", Role::Clinician).await;
    let line = CommandLine::of(&office.ward.server, &clinician).await;
    let account = office.admin.account;
    for (method, path) in [
        ("GET", "/manage/accounts".to_owned()),
        ("GET", "/manage/services".to_owned()),
        ("GET", "/manage/apps".to_owned()),
        ("GET", "/manage/recoveries".to_owned()),
        ("POST", format!("/manage/accounts/{account}/suspend")),
    ] {
        let answer = office.ask_by(&line, method, &path, &Value::Null).await;
        assert_eq!(
            (answer.status, read(&answer)["error"].as_str()),
            (403, Some("refused")),
            "{path}"
        );
    }
    let own = office
        .ask_by(&line, "GET", "/manage/session", &Value::Null)
        .await;
    assert_eq!(own.status, 200);
    let listed = office
        .ask_by(&line, "GET", "/manage/sessions", &Value::Null)
        .await;
    assert_eq!(read(&listed)["sessions"].as_array().unwrap().len(), 2);
}

/// The attack: a token for administration is tried on records, and every other token and cookie on
/// administration.
#[tokio::test]
async fn administration_and_records_have_tokens_of_their_own() {
    let office = office().await;
    let server = &office.ward.server;
    let clinician = person(&office.ward, "WRD01", "cleo", Role::Clinician).await;
    let line = CommandLine::of(server, &clinician).await;
    let before = office.ward.patients().await;
    let mut tried = 0;
    for listed in server.routes() {
        let Guard::Assured { .. } = listed.guard else {
            continue;
        };
        let (method, pattern) = (listed.method.as_str(), listed.pattern);
        let path = crate::every_route::path(pattern);
        let manages = pattern.starts_with("/manage");
        let by_line = line.ask(server, method, &path, "{}").await.status;
        let by_service = server
            .ask(&office.ward.program, method, &path, &[FHIR], b"{}")
            .await
            .status;
        let cookie = format!("Cookie: __Host-ward={}", office.admin.token);
        let by_cookie = server
            .wire
            .send(method, &path, &[&cookie, FHIR], b"")
            .await
            .status;
        assert_eq!(by_cookie, 401, "{method} {path}");
        if listed.method != Method::OPTIONS && manages {
            assert_eq!(by_service, 401, "{method} {path}");
        } else {
            assert_eq!(by_line, 401, "{method} {path}");
        }
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
    assert_eq!(office.ward.patients().await, before);
}

/// Were a route's guard ever to let a command line through to records, policy does not.
#[tokio::test]
async fn a_command_line_is_refused_by_policy_what_its_person_may() {
    let office = office().await;
    let server = &office.ward.server;
    let desk = person(&office.ward, "WRD01", "rae", Role::Receptionist).await;
    let line = CommandLine::of(server, &desk).await;
    let (method, path) = ("GET", "/manage/session");
    let proof = line.proof(server, method, path, Some(&line.token));
    let (identity, url) = (&server.world.identity, format!("{ORIGIN}{path}"));
    let through = identity.authenticate_dpop(&line.token, &proof, method, &url, None);
    let through = through.unwrap();
    let organisation = ods("WRD01");
    let patients = Target::resource_type(&organisation, "Patient");
    let access = server.world.records.access();
    let in_browser = server.world.assured(&desk);
    let decide = |assured| access.decide::<Search>(assured, &patients, Purpose::DirectCare);
    assert!(decide(&in_browser).is_ok());
    assert_eq!(
        decide(&through).err().unwrap().reason,
        RefusalReason::OutsideScopes
    );
}

#[tokio::test]
async fn logging_out_ends_the_token_and_signing_out_everywhere_the_browser_too() {
    let office = office().await;
    assert_eq!(
        office
            .ask("DELETE", "/manage/session", &Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        office
            .ask("GET", "/manage/session", &Value::Null)
            .await
            .status,
        401
    );
    let line = CommandLine::of(&office.ward.server, &office.admin).await;
    let ended = office
        .ask_by(&line, "DELETE", "/manage/sessions", &Value::Null)
        .await;
    assert_eq!(ended.status, 204);
    let after = office
        .ask_by(&line, "GET", "/manage/session", &Value::Null)
        .await;
    assert_eq!(after.status, 401);
    let identity = &office.ward.server.world.identity;
    assert!(identity.authenticate(&office.admin.token, None).is_none());
}

#[tokio::test]
async fn the_grant_is_as_its_standard_says() {
    let office = office().await;
    let server = &office.ward.server;
    let line = CommandLine::new();
    let begun = line.begin(server).await;
    assert_eq!(begun["verification_uri"], format!("{ORIGIN}/device"));
    assert_eq!(
        (&begun["expires_in"], &begun["interval"]),
        (&json!(600), &json!(5))
    );
    assert!(begun.get("verification_uri_complete").is_none());
    let code = begun["device_code"].as_str().unwrap();
    let waits = line.poll(server, code).await;
    assert_eq!(
        (waits.status, read(&waits)["error"].as_str()),
        (400, Some("authorization_pending"))
    );
    let metadata = server
        .wire
        .send("GET", "/.well-known/oauth-authorization-server", &[], b"")
        .await;
    let metadata = read(&metadata);
    assert_eq!(
        metadata["device_authorization_endpoint"],
        format!("{ORIGIN}/oauth/device_authorization")
    );
}

#[tokio::test]
async fn a_policy_is_written_by_one_and_put_in_force_by_another() {
    let office = office().await;
    let (_, bo) = office.colleague("bo").await;
    let text = "@id(\"none\") forbid (principal, action == Action::\"delete\", resource);";
    let written = office
        .ask("POST", "/manage/policies", &json!({ "text": text }))
        .await;
    assert_eq!(written.status, 201, "{}", written.body);
    let number = read(&written)["number"].clone();
    let step = |step: &str| format!("/manage/policies/{number}/{step}");
    let mut proof = Value::Null;
    for _ in 0..3_000 {
        let listed = office.get("/manage/policies").await;
        proof = listed["policies"][0]["proof"]["outcome"].clone();
        if proof != "under-way" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(proof, "holds");
    let own = office.ask("POST", &step("activate"), &Value::Null).await;
    assert_eq!(own.status, 409, "one person is not two: {}", own.body);
    let other = office
        .ask_by(&bo, "POST", &step("activate"), &Value::Null)
        .await;
    assert_eq!(other.status, 204, "{}", other.body);
    let listed = office.get("/manage/policies").await;
    assert_eq!(listed["policies"][0]["standing"], "in-force");
    assert_eq!(listed["policies"][0]["text"], text);
    let narrowed = office.ask("POST", &step("narrow"), &Value::Null).await;
    assert_eq!(narrowed.status, 204);
    for (body, status) in [
        (json!({ "text": "permit everything" }), 422),
        (json!({ "text": text, "force": true }), 400),
        (json!({}), 400),
        (json!({ "text": " ".repeat(40_000) }), 422),
    ] {
        let refused = office.ask("POST", "/manage/policies", &body).await;
        assert_eq!(refused.status, status, "{}", refused.body);
    }
    for path in ["/manage/policies/9/activate", "/manage/policies/x/narrow"] {
        let missing = office.ask("POST", path, &Value::Null).await;
        assert_eq!(missing.status, 404, "{path}");
    }
    let stale = limits::FRESH_PROOF + Duration::from_secs(1);
    office.ward.server.world.clock.advance(stale);
    let late = office
        .ask("POST", "/manage/policies", &json!({ "text": text }))
        .await;
    assert_eq!(late.status, 401, "with a fresh proof");
}
