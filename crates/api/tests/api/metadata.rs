//! What the server says of itself.

use crate::fixture::{BASE, assert_refused, json, ward};

#[tokio::test]
async fn the_capability_statement_says_what_is_done() {
    let ward = ward().await;
    let answer = ward
        .server
        .wire
        .send("GET", &format!("{BASE}/metadata"), &[], b"")
        .await;
    assert_eq!(answer.status, 200);
    let statement = json(&answer);
    assert_eq!(statement["fhirVersion"], "4.0.1");
    assert_eq!(
        statement["implementation"]["url"],
        format!("https://localhost:8443{BASE}")
    );
    let rest = &statement["rest"][0];
    let patient = rest["resource"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["type"] == "Patient");
    let patient = patient.unwrap();
    let codes: Vec<_> = patient["interaction"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "read",
            "vread",
            "update",
            "delete",
            "history-instance",
            "create",
            "search-type"
        ]
    );
    let of_base: Vec<_> = rest["interaction"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(of_base, ["transaction", "batch"]);
    let parameters = patient["searchParam"].as_array().unwrap();
    for (name, kind) in [
        ("birthdate", "date"),
        ("name", "string"),
        ("identifier", "token"),
        ("_id", "token"),
    ] {
        assert!(
            parameters
                .iter()
                .any(|one| one["name"] == name && one["type"] == kind),
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_capability_statement_is_itself_valid() {
    let ward = ward().await;
    let answer = ward
        .server
        .wire
        .send("GET", &format!("{BASE}/metadata"), &[], b"")
        .await;
    let statement = ward_testkit::resource(&answer.body);
    assert_eq!(ward_fhir::validate(&statement), []);
}

#[tokio::test]
async fn the_smart_configuration_says_how_to_get_a_token() {
    let ward = ward().await;
    let target = format!("{BASE}/.well-known/smart-configuration");
    let document = json(&ward.server.wire.send("GET", &target, &[], b"").await);
    assert_eq!(
        document["token_endpoint"],
        "https://localhost:8443/oauth/token"
    );
    assert_eq!(
        document["grant_types_supported"],
        serde_json::json!([
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code"
        ])
    );
    // No RSA: a proof of such a key is refused.
    assert_eq!(
        document["dpop_signing_alg_values_supported"],
        serde_json::json!(["ES256", "ES384", "EdDSA"])
    );
    let patients = format!("{BASE}/Patient");
    let challenged = ward.server.wire.send("GET", &patients, &[], b"").await;
    let challenge = challenged.header("www-authenticate").unwrap();
    assert!(
        challenge.contains(r#"algs="ES256 ES384 EdDSA""#),
        "{challenge}"
    );
    for unknown in [
        "/fhir/NONE9/metadata",
        "/fhir/wrd01/metadata",
        "/fhir/NONE9/.well-known/smart-configuration",
    ] {
        assert_refused(&ward.server.wire.send("GET", unknown, &[], b"").await, 404);
    }
}
