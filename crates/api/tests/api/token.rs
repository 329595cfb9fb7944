//! The token endpoint.

use serde_json::Value;
use ward_core::Clock;
use ward_testkit::{ORIGIN, Raw};

use crate::fixture::{BASE, Ward, json, ward};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

async fn ask(ward: &Ward, form: &str, id: &str, lines: &[&str]) -> Raw {
    let now = ward.server.world.clock.now();
    let url = format!("{ORIGIN}/oauth/token");
    let proof = ward
        .program
        .client()
        .proof("POST", &url, now, id, None)
        .unwrap();
    let proof = format!("DPoP: {proof}");
    let lines: Vec<&str> = [FORM, &proof]
        .into_iter()
        .chain(lines.iter().copied())
        .collect();
    ward.server
        .wire
        .send("POST", "/oauth/token", &lines, form.as_bytes())
        .await
}

fn assertion(ward: &Ward, id: &str) -> String {
    let (client, now) = (
        ward.program.account.to_string(),
        ward.server.world.clock.now(),
    );
    let url = format!("{ORIGIN}/oauth/token");
    ward.program
        .client()
        .assertion(&client, &url, now, id)
        .unwrap()
}

fn form(ward: &Ward, grant: &str, id: &str) -> String {
    format!(
        "grant_type={grant}&scope=system/Patient.rs&client_assertion_type={TYPE}&client_assertion={}",
        assertion(ward, id)
    )
}

#[tokio::test]
async fn a_service_gets_a_token_that_works_with_its_key() {
    let ward = ward().await;
    let answer = ask(&ward, &form(&ward, "client_credentials", "a1"), "d1", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let issued = json(&answer);
    assert_eq!(
        (&issued["token_type"], &issued["scope"]),
        (&"DPoP".into(), &"system/Patient.rs".into())
    );
    assert!(issued["expires_in"].as_u64().unwrap() <= 300);

    let token = issued["access_token"].as_str().unwrap();
    let path = format!("{BASE}/Patient/anna");
    let now = ward.server.world.clock.now();
    let client = ward.program.client();
    let proof = client
        .proof("GET", &format!("{ORIGIN}{path}"), now, "d2", Some(token))
        .unwrap();
    let lines = [
        format!("Authorization: DPoP {token}"),
        format!("DPoP: {proof}"),
    ];
    let lines = lines.each_ref().map(String::as_str);
    assert_eq!(
        ward.server
            .wire
            .send("GET", &path, &lines, b"")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn every_other_way_to_a_token_is_refused() {
    let ward = ward().await;
    let error = |answer: &Raw| -> Value {
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        json(answer)["error"].clone()
    };
    for (number, grant) in [
        "password",
        "implicit",
        "urn:openid:params:grant-type:ciba",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "Client_Credentials",
        "client_credentials%00",
    ]
    .into_iter()
    .enumerate()
    {
        let form = form(&ward, grant, &format!("g{number}"));
        let answer = ask(&ward, &form, &format!("gd{number}"), &[]).await;
        if grant.contains('%') {
            assert_eq!(answer.status, 400);
        } else {
            assert_eq!(error(&answer), "unsupported_grant_type", "{grant}");
        }
    }
    // The grant of command lines is no service's.
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let of_command_lines = format!("{}&device_code=x", form(&ward, grant, "g-cli"));
    let answer = ask(&ward, &of_command_lines, "gd-cli", &[]).await;
    assert_eq!(error(&answer), "invalid_client");
    let good = form(&ward, "client_credentials", "x1");
    for (number, bad) in [
        String::new(),
        "grant_type=client_credentials".to_owned(),
        good.replace("client_assertion=", "client_secret="),
        format!("{good}&client_secret=x"),
        format!("{good}&grant_type=client_credentials"),
        good.replace("&scope=system/Patient.rs", ""),
        good.replace("system/Patient.rs", "system/Patient.read"),
        good.replace("system/Patient.rs", "openid"),
        format!("{good}x"),
        good.replace("jwt-bearer", "saml2-bearer"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = ask(&ward, &bad, &format!("b{number}"), &[]).await;
        let code = error(&answer);
        let known = ["invalid_request", "invalid_client", "invalid_scope"];
        assert!(known.iter().any(|known| code == *known), "{bad} {code}");
    }
}

#[tokio::test]
async fn a_token_needs_a_proof_and_an_assertion_works_once() {
    let ward = ward().await;
    let url = "/oauth/token";
    let body = form(&ward, "client_credentials", "once");
    let without = ward
        .server
        .wire
        .send("POST", url, &[FORM], body.as_bytes())
        .await;
    assert_eq!(json(&without)["error"], "invalid_dpop_proof");
    let garbage = ward
        .server
        .wire
        .send("POST", url, &[FORM, "DPoP: x"], body.as_bytes())
        .await;
    assert_eq!(json(&garbage)["error"], "invalid_dpop_proof");
    assert_eq!(ask(&ward, &body, "p1", &[]).await.status, 200);
    let again = ask(&ward, &body, "p2", &[]).await;
    assert_eq!(json(&again)["error"], "invalid_client");
    let fresh = form(&ward, "client_credentials", "other");
    let replayed = ask(&ward, &fresh, "p1", &[]).await;
    assert_eq!(json(&replayed)["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn passwords_and_bodies_of_other_kinds_are_no_way_in() {
    let ward = ward().await;
    let good = form(&ward, "client_credentials", "basic");
    let basic = ask(&ward, &good, "b1", &["Authorization: Basic YTpi"]).await;
    assert_eq!(basic.status, 401);
    assert!(
        basic
            .header("www-authenticate")
            .unwrap()
            .starts_with("DPoP")
    );
    let lines = ["Content-Type: application/json"];
    let json_body = ward
        .server
        .wire
        .send("POST", "/oauth/token", &lines, b"{}")
        .await;
    assert_eq!(json_body.status, 415);
    assert_eq!(json(&json_body)["error"], "invalid_request");
    let huge = "a".repeat(70_000);
    let answer = ward
        .server
        .wire
        .send("POST", "/oauth/token", &[FORM], huge.as_bytes())
        .await;
    assert_eq!(
        (answer.status, &json(&answer)["error"]),
        (413, &"invalid_request".into())
    );
    assert_eq!(
        ward.server
            .wire
            .send("GET", "/oauth/token", &[], b"")
            .await
            .status,
        405
    );
}
