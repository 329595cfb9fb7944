//! Services: shut out, and beyond their scopes.

use std::collections::BTreeSet;

use ward_core::{Clock, limits};
use ward_http::Method;
use ward_identity::Author;
use ward_testkit::{ORIGIN, Program, Raw, form};

use crate::fixture::{ANNA, FORM, Ward, assert_tells_nothing, declared, path, ward};

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Asks for a new token, as it should be asked for.
async fn renew(ward: &Ward, id: &str) -> Raw {
    let (now, url) = (
        ward.server.world.clock.now(),
        format!("{ORIGIN}/oauth/token"),
    );
    let (client, account) = (ward.program.client(), ward.program.account.to_string());
    let assertion = client.assertion(&account, &url, now, id).unwrap();
    let proof = client.proof("POST", &url, now, id, None).unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "system/Patient.r"),
        ("client_assertion_type", KIND),
        ("client_assertion", &assertion),
    ];
    let (body, wire) = (form(&fields), &ward.server.wire);
    let lines = [FORM, &format!("DPoP: {proof}")];
    wire.send("POST", "/oauth/token", &lines, body.as_bytes())
        .await
}

async fn read(ward: &Ward) -> u16 {
    ward.server
        .ask(&ward.program, "GET", ANNA, &[], b"")
        .await
        .status
}

/// authentik CVE-2025-64521: a service account that was shut out goes on with its token.
#[tokio::test]
async fn class_09_dead_service_account_lives() {
    let ward = ward().await;
    let identity = &ward.server.world.identity;
    assert_eq!(read(&ward).await, 200);
    assert_eq!(renew(&ward, "before").await.status, 200);
    let id = ward.program.account;
    identity.suspend(Author::Setup, id).await.unwrap();
    assert_eq!(read(&ward).await, 401, "its token, at the next call");
    assert_eq!(renew(&ward, "shut").await.status, 400, "and no other");
    identity.resume(Author::Setup, id).await.unwrap();
    assert_eq!(read(&ward).await, 401, "what was ended stays ended");
    assert_eq!(renew(&ward, "back").await.status, 200);
    // A token's end, and a registration's.
    let world = &ward.server.world;
    let program = world.program("WRD01", "second", "system/Patient.r").await;
    let reads =
        async |program: &Program| ward.server.ask(program, "GET", ANNA, &[], b"").await.status;
    assert_eq!(reads(&program).await, 200);
    world.clock.advance(limits::SERVICE_TOKEN);
    assert_eq!(reads(&program).await, 401);
    world
        .clock
        .advance(std::time::Duration::from_hours(24 * 366));
    assert_eq!(renew(&ward, "a year on").await.status, 400);
}

/// Pomerium CVE-2024-47616: the key of a service opens more than it was given for.
#[tokio::test]
async fn class_10_service_token_over_reach() {
    let ward = ward().await;
    let mut done = BTreeSet::new();
    for route in declared(&ward.server) {
        let (method, path) = (route.method.as_str(), path(route.pattern));
        let is_public = matches!(route.guard, ward_http::Guard::Public { .. });
        let body: &[u8] = if route.method.is_safe() { b"" } else { b"{}" };
        let lines = [
            "Content-Type: application/fhir+json",
            "Sec-Fetch-Site: same-origin",
        ];
        let answer = ward
            .server
            .ask(&ward.program, method, &path, &lines, body)
            .await;
        if answer.status < 400 && !is_public {
            done.insert(format!("{method} {}", route.pattern));
            continue;
        }
        assert_tells_nothing(&answer, &format!("{route:?}"));
        // The other organisation's record, with a key that opens everything of its own.
        if route.pattern.starts_with("/fhir/{ods}") && !is_public {
            let answer = ward
                .server
                .ask(&ward.elsewhere, method, &path, &lines, body)
                .await;
            assert!(
                (400..500).contains(&answer.status),
                "{route:?} {}",
                answer.status
            );
            assert_tells_nothing(&answer, &format!("{route:?}"));
        }
    }
    let read = "/fhir/{ods}/{type}/{id}";
    let history = format!("{read}/_history");
    let reads = [read.to_owned(), format!("{history}/{{vid}}"), history];
    let reads = reads
        .iter()
        .flat_map(|path| [format!("GET {path}"), format!("HEAD {path}")]);
    assert_eq!(done, reads.collect::<BTreeSet<_>>());
    // Other kinds of resource by the same route, and the same kind by others.
    for (method, target) in [
        (Method::GET, "/fhir/WRD01/CareTeam/team"),
        (Method::GET, "/fhir/WRD01/Patient?name=feather"),
        (Method::POST, "/fhir/WRD01/Patient"),
        (Method::PUT, ANNA),
        (Method::DELETE, ANNA),
        (Method::GET, "/fhir/WRD02/Patient/anna"),
    ] {
        let body = br#"{"resourceType":"Patient","id":"anna"}"#;
        let body: &[u8] = if method.is_safe() { b"" } else { body };
        let lines = ["Content-Type: application/fhir+json"];
        let answer = ward
            .server
            .ask(&ward.program, method.as_str(), target, &lines, body)
            .await;
        assert!(
            (400..500).contains(&answer.status),
            "{method} {target}: {}",
            answer.status
        );
        assert_tells_nothing(&answer, target);
    }
}
