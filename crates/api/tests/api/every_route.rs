//! The table of routes as a list to try: what is let in without a proof is what says so.

use expect_test::expect;
use ward_http::{Guard, Method};
use ward_testkit::{ORIGIN, Raw};

use crate::fixture::{FHIR, ward};

pub(crate) fn path(pattern: &str) -> String {
    [
        ("{ods}", "WRD01"),
        ("{type}", "Patient"),
        ("{id}", "anna"),
        ("{number}", "1"),
        ("{vid}", "1"),
    ]
    .iter()
    .fold(pattern.to_owned(), |path, (name, value)| {
        path.replace(name, value)
    })
}

#[tokio::test]
async fn the_public_routes_are_these_and_may_only_become_fewer() {
    let ward = ward().await;
    let mut public: Vec<String> = ward
        .server
        .routes()
        .into_iter()
        .filter_map(|listed| match listed.guard {
            Guard::Public { reason } if listed.method != Method::OPTIONS => {
                Some(format!("{} {}: {reason}\n", listed.method, listed.pattern))
            }
            _ => None,
        })
        .collect();
    public.sort();
    expect![[r"
        GET /.well-known/oauth-authorization-server: says how to get a token
        GET /fhir/{ods}/.well-known/smart-configuration: says how to get a token
        GET /fhir/{ods}/metadata: says what the server does; holds no patient data
        GET /oauth/authorize: sends a browser to the page where a person who has signed in decides
        HEAD /.well-known/oauth-authorization-server: says how to get a token
        HEAD /fhir/{ods}/.well-known/smart-configuration: says how to get a token
        HEAD /fhir/{ods}/metadata: says what the server does; holds no patient data
        HEAD /oauth/authorize: sends a browser to the page where a person who has signed in decides
        POST /oauth/device_authorization: gives a command line a code to show; a person who has signed in decides
        POST /oauth/introspect: asks for a client's signed assertion, and tells of its own organisation's tokens
        POST /oauth/par: takes what an app will ask of its person; gives nothing but a name for it
        POST /oauth/revoke: ends a client's own token, and tells nothing
        POST /oauth/token: asks for a client's signed assertion or a code, and a DPoP proof, and gives a token
    "]]
    .assert_eq(&public.concat());
}

#[tokio::test]
async fn a_search_ends_when_its_caller_goes_and_a_change_does_not() {
    let ward = ward().await;
    let listed = ward.server.routes().into_iter();
    let (reading, changing): (Vec<_>, Vec<_>) = listed
        .filter(|route| !route.method.is_safe())
        .map(|route| {
            (
                route.only_reads,
                format!("{} {}", route.method, route.pattern),
            )
        })
        .partition(|(only_reads, _)| *only_reads);
    let names = |routes: Vec<(bool, String)>| -> Vec<String> {
        routes.into_iter().map(|(_, name)| name).collect()
    };
    assert_eq!(names(reading), ["POST /fhir/{ods}/{type}/_search"]);
    let mut changing = names(changing);
    changing.sort();
    assert_eq!(
        changing,
        [
            "DELETE /fhir/{ods}/{type}/{id}",
            "DELETE /manage/session",
            "DELETE /manage/sessions",
            "DELETE /manage/sessions/{id}",
            "POST /fhir/{ods}",
            "POST /fhir/{ods}/",
            "POST /fhir/{ods}/{type}",
            "POST /manage/accounts",
            "POST /manage/accounts/{id}/link",
            "POST /manage/accounts/{id}/recovery/approve",
            "POST /manage/accounts/{id}/recovery/link",
            "POST /manage/accounts/{id}/recovery/open",
            "POST /manage/accounts/{id}/recovery/stop",
            "POST /manage/accounts/{id}/resume",
            "POST /manage/accounts/{id}/suspend",
            "POST /manage/apps",
            "POST /manage/apps/{id}/approve",
            "POST /manage/apps/{id}/end",
            "POST /manage/policies",
            "POST /manage/policies/{number}/activate",
            "POST /manage/policies/{number}/narrow",
            "POST /manage/policies/{number}/withdraw",
            "POST /manage/services",
            "POST /manage/services/{id}/approve",
            "POST /manage/services/{id}/suspend",
            "POST /oauth/device_authorization",
            "POST /oauth/introspect",
            "POST /oauth/par",
            "POST /oauth/revoke",
            "POST /oauth/token",
            "PUT /fhir/{ods}/{type}/{id}",
        ]
    );
}

#[tokio::test]
async fn no_route_lets_anyone_in_without_a_proof() {
    let ward = ward().await;
    let before = ward.patients().await;
    let token = ward.program.token();
    for listed in ward.server.routes() {
        let path = path(listed.pattern);
        let url = format!("{ORIGIN}{path}");
        let other = ward
            .server
            .world
            .proof(&ward.other, listed.method.as_str(), &url);
        let bound = format!("Authorization: DPoP {token}");
        let credentials: Vec<Vec<String>> = vec![
            vec![],
            vec!["Authorization: Basic YTpi".to_owned()],
            vec![format!("Authorization: Bearer {token}")],
            vec![bound.clone()],
            vec![bound.clone(), "DPoP: garbage".to_owned()],
            vec![bound.clone(), format!("DPoP: {other}")],
            vec![bound, format!("DPoP: {other}"), format!("DPoP: {other}")],
            vec![
                "Authorization: DPoP garbage".to_owned(),
                format!("DPoP: {other}"),
            ],
            vec!["Cookie: __Host-ward=garbage".to_owned()],
            vec![
                format!("X-Forwarded-User: admin"),
                format!("Cookie: __Host-ward={token}"),
            ],
        ];
        for credential in credentials {
            let lines: Vec<&str> = [FHIR]
                .into_iter()
                .chain(credential.iter().map(String::as_str))
                .collect();
            let answer = ward
                .server
                .wire
                .send(listed.method.as_str(), &path, &lines, b"")
                .await;
            let is_refused = (400..500).contains(&answer.status);
            let is_public = matches!(listed.guard, Guard::Public { .. });
            assert!(
                is_refused || is_public,
                "{listed:?} {credential:?} {}",
                answer.status
            );
            if !is_public {
                assert_eq!(answer.status, 401, "{listed:?} {credential:?}");
                assert!(
                    answer
                        .header("www-authenticate")
                        .unwrap()
                        .starts_with("DPoP ")
                );
            }
            assert_nothing_leaked(&answer);
        }
    }
    assert_eq!(ward.patients().await, before);
}

#[tokio::test]
async fn a_token_in_the_url_is_refused_on_every_route() {
    let ward = ward().await;
    let token = ward.program.token();
    for listed in ward
        .server
        .routes()
        .into_iter()
        .filter(|one| one.method != Method::OPTIONS)
    {
        let target = format!("{}?access_token={token}", path(listed.pattern));
        let method = listed.method.as_str();
        let answer = ward
            .server
            .ask(&ward.program, method, &target, &[FHIR], b"")
            .await;
        assert_eq!(answer.status, 401, "{listed:?}");
        assert_nothing_leaked(&answer);
    }
}

#[tokio::test]
async fn paths_that_are_not_in_the_table_do_not_exist() {
    let ward = ward().await;
    for path in [
        "/Patient/anna/$everything",
        "/$export",
        "/_history",
        "/Patient/_history",
        "/_search",
        "/Patient/anna/_history/1/x",
        "/metadata/x",
        "/.well-known",
        "/Patient/anna/Observation/1",
    ] {
        let answer = ward.get(path).await;
        assert!(
            matches!(answer.status, 404 | 405),
            "{path} {}",
            answer.status
        );
        assert_nothing_leaked(&answer);
    }
    for path in ["/", "/fhir", "/oauth", "/admin", "/metrics", "/.env"] {
        assert_eq!(
            ward.server.wire.send("GET", path, &[], b"").await.status,
            404,
            "{path}"
        );
    }
    for method in ["PATCH", "TRACE", "LINK", "PROPFIND"] {
        assert_eq!(
            ward.with(method, "/Patient/anna", &[], "").await.status,
            405,
            "{method}"
        );
    }
}

#[track_caller]
fn assert_nothing_leaked(answer: &Raw) {
    assert!(!answer.body.contains("Smith") && !answer.body.contains("1950-03-04"));
    assert!(answer.header("x-request-id").is_some());
}

/// Class 10: a device's key is tried on every route. None of the API is for devices.
#[tokio::test]
async fn class_10_a_devices_key_opens_no_route() {
    let ward = ward().await;
    let device = ward.server.world.device("WRD01", "door").await;
    let before = ward.patients().await;
    for listed in ward.server.routes() {
        if matches!(listed.guard, Guard::Public { .. }) {
            continue;
        }
        let (method, path) = (listed.method.as_str(), path(listed.pattern));
        let answer = ward.server.ask(&device, method, &path, &[FHIR], b"").await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_nothing_leaked(&answer);
    }
    assert_eq!(ward.patients().await, before);
}
