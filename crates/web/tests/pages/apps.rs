//! Apps and services, as two people let them in.

use std::time::Duration;

use ward_core::Clock as _;
use ward_identity::Role;
use ward_testkit::{ServiceClient, ods};

use crate::browser::{Browser, serve};

const APP: [(&str, &str); 5] = [
    ("name", "Growth chart"),
    (
        "redirect_uris",
        "https://chart.example/callback\r\nhttp://127.0.0.1/chart",
    ),
    ("launch_url", "https://chart.example/launch"),
    ("scopes", "launch patient/Observation.rs"),
    ("days", "90"),
];

#[tokio::test]
async fn an_app_is_proposed_by_one_and_approved_by_another() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    assert_eq!(ada.get("/apps/add").await.status, 200);
    let proposed = ada.submit("/apps/add", &APP).await;
    let page = proposed.header("location").unwrap().to_owned();
    let app = || server.world.identity.apps(&ods("WRD01")).remove(0);
    let now = || server.world.clock.now();
    assert!(!app().works(now()));
    assert_eq!(app().redirect_uris().count(), 2);
    assert!(
        ada.get(&page)
            .await
            .body
            .contains("Somebody else must approve it")
    );
    let alone = ada.submit(&format!("{page}/approve"), &[]).await;
    assert_eq!((alone.status, app().works(now())), (409, false));

    server.world.clock.advance(Duration::from_mins(6));
    let stale = ivy.submit(&format!("{page}/approve"), &[]).await;
    assert_eq!(
        (stale.status, app().works(now())),
        (401, false),
        "proved too long ago"
    );
    ivy.sign_in().await;
    let shown = ivy.get(&page).await;
    for part in [
        "Approve the app",
        "observations and results",
        "Someone called ada",
    ] {
        assert!(shown.body.contains(part), "{part} in {}", shown.body);
    }
    let approved = ivy.submit(&format!("{page}/approve"), &[]).await;
    assert_eq!(
        (approved.header("location"), app().works(now())),
        (Some(&*page), true)
    );
    assert!(ivy.get("/apps").await.body.contains("Growth chart"));

    let ended = ivy.submit(&format!("{page}/end"), &[]).await;
    assert_eq!((ended.status, app().works(now())), (303, false));
    let again = ivy.submit(&format!("{page}/approve"), &[]).await;
    assert_eq!((again.status, app().works(now())), (409, false), "for good");
}

#[tokio::test]
async fn what_is_wrong_with_an_app_is_told_at_its_field() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    for (field, values) in [
        ("name", &["", "  "][..]),
        (
            "redirect_uris",
            &[
                "",
                "http://chart.example/",
                "javascript:alert(1)",
                "https://a.example/ x",
            ],
        ),
        ("launch_url", &["http://chart.example/", "x"]),
        ("jwks", &["{}", "x", r#"{"keys":[]}"#]),
        (
            "scopes",
            &["", "launch", "system/Patient.r", "patient/Observation.read"],
        ),
        ("days", &["", "0", "367", "-1", "9.5"]),
    ] {
        for value in values {
            let others = APP.iter().filter(|(name, _)| *name != field).copied();
            let fields: Vec<_> = others.chain([(field, *value)]).collect();
            let refused = ada.submit("/apps/add", &fields).await;
            assert_eq!(refused.status, 422, "{field} {value}");
            let leads = format!("href=\"#{field}\"");
            assert!(refused.body.contains(&leads), "{field} {value}");
        }
    }
    assert!(server.world.identity.apps(&ods("WRD01")).is_empty());
}

#[tokio::test]
async fn a_service_is_proposed_approved_shut_out_and_let_in() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    let jwks = ServiceClient::new().unwrap().jwks();
    let good = [
        ("display_name", "Laboratory"),
        ("name", "laboratory"),
        ("jwks", &*jwks),
        ("scopes", "system/Observation.cu"),
        ("days", "10"),
    ];
    for (field, value) in [
        ("display_name", ""),
        ("name", "lå"),
        ("jwks", "{}"),
        ("scopes", "user/Patient.r"),
        ("days", "400"),
    ] {
        let others = good.iter().filter(|(name, _)| *name != field).copied();
        let fields: Vec<_> = others.chain([(field, value)]).collect();
        let refused = ada.submit("/services/add", &fields).await;
        assert_eq!(refused.status, 422, "{field}");
    }
    let proposed = ada.submit("/services/add", &good).await;
    let page = proposed.header("location").unwrap().to_owned();
    assert_eq!(
        ada.submit("/services/add", &good).await.status,
        422,
        "the name is taken"
    );
    assert!(ada.get(&page).await.body.contains("Waits for approval"));
    assert_eq!(
        ada.submit(&format!("{page}/approve"), &[]).await.status,
        409
    );
    assert_eq!(
        ivy.submit(&format!("{page}/approve"), &[]).await.status,
        303
    );
    assert!(ivy.get("/apps").await.body.contains("Ends soon"));
    assert_eq!(
        ivy.submit(&format!("{page}/suspend"), &[]).await.status,
        303
    );
    assert!(ivy.get(&page).await.body.contains("Suspended"));
    assert_eq!(ivy.submit(&format!("{page}/resume"), &[]).await.status, 403);
    assert_eq!(ada.submit(&format!("{page}/resume"), &[]).await.status, 303);
    assert!(!ada.get(&page).await.body.contains("Suspended"));
}

#[tokio::test]
async fn whoever_does_not_keep_apps_does_nothing_to_them() {
    let server = serve().await;
    let own = server.world.app("WRD01", "own", "user/*.rs", false).await;
    let elsewhere = server.world.app("WRD02", "other", "user/*.rs", false).await;
    let service = server
        .world
        .program("WRD01", "program", "system/Patient.r")
        .await;
    let mut routes = vec![("GET", "/apps".to_owned())];
    for kind in ["apps", "services"] {
        routes.push(("GET", format!("/{kind}/add")));
        routes.push(("POST", format!("/{kind}/add")));
    }
    let of_app = |id: &str| {
        let steps = ["approve", "end"].map(|step| ("POST", format!("/apps/{id}/{step}")));
        [("GET", format!("/apps/{id}"))].into_iter().chain(steps)
    };
    routes.extend(of_app(&own.id.to_string()));
    let steps = ["approve", "suspend", "resume"];
    let steps = steps.map(|step| ("POST", format!("/services/{}/{step}", service.account)));
    routes.push(("GET", format!("/services/{}", service.account)));
    routes.extend(steps);
    for role in [
        Role::Clinician,
        Role::CallHandler,
        Role::Receptionist,
        Role::Carer,
    ] {
        let mut other = Browser::with_passkey(&server, role.as_str(), role).await;
        for (method, path) in &routes {
            let answer = match *method {
                "GET" => other.get(path).await,
                _ => other.submit(path, &APP).await,
            };
            assert_eq!(answer.status, 403, "{role} {method} {path}");
        }
    }
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    for kind in ["apps", "services"] {
        let proposed = ivy.submit(&format!("/{kind}/add"), &APP).await;
        assert_eq!(proposed.status, 403, "who approves proposes nothing");
    }
    for (method, path) in of_app(&elsewhere.id.to_string()) {
        let answer = match method {
            "GET" => ivy.get(&path).await,
            _ => ivy.submit(&path, &[]).await,
        };
        assert_eq!(answer.status, 404, "another organisation's: {path}");
    }
    // A person is no service, and a service no person.
    let person = format!("/services/{}", ivy.account);
    assert_eq!(ivy.get(&person).await.status, 404);
    assert_eq!(
        ivy.submit(&format!("{person}/suspend"), &[]).await.status,
        404
    );
}
