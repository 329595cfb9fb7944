//! Sessions on the wire: which cookies open a page, and which changes are taken.
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ward_core::limits;
use ward_http::{Answer, AssuredRequest, Credential, Method, Response, Route, StatusCode, with};
use ward_identity::Role;
use ward_testkit::{Person, Raw, Server, World};

const SAME: &str = "Sec-Fetch-Site: same-origin";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

struct Pages {
    server: Server,
    changes: Arc<AtomicUsize>,
    anna: Person,
    bob: Person,
}

async fn show(_: Arc<AtomicUsize>, request: AssuredRequest) -> Answer {
    let account = request.assured.account().to_string();
    Ok(Response::body(StatusCode::OK, "text/plain", account))
}

async fn change(changes: Arc<AtomicUsize>, _: AssuredRequest) -> Answer {
    changes.fetch_add(1, Ordering::SeqCst);
    Ok(Response::see_other("/"))
}

async fn pages() -> Pages {
    let world = World::new();
    let anna = world.person("WRD01", "anna", Role::Clinician, "anna").await;
    let bob = world.person("WRD01", "bob", Role::Clinician, "bob").await;
    let changes = Arc::new(AtomicUsize::new(0));
    let session = Credential::Session;
    let routes = vec![
        Route::assured(
            Method::GET,
            "/inside",
            "look",
            session,
            with(&changes, show),
        ),
        Route::assured(
            Method::POST,
            "/change",
            "change",
            session,
            with(&changes, change),
        ),
        Route::assured(
            Method::DELETE,
            "/change",
            "change",
            session,
            with(&changes, change),
        ),
    ];
    let server = Server::start(world, |_, _| routes).await;
    Pages {
        server,
        changes,
        anna,
        bob,
    }
}

impl Pages {
    async fn send(&self, method: &str, path: &str, lines: &[&str], body: &str) -> Raw {
        self.server
            .wire
            .send(method, path, lines, body.as_bytes())
            .await
    }

    async fn get_with(&self, cookie: &str) -> Raw {
        self.send("GET", "/inside", &[&format!("Cookie: {cookie}")], "")
            .await
    }

    fn form_token(&self, person: &Person) -> String {
        let assured = self.server.world.identity.authenticate(&person.token, None);
        assured.unwrap().form_token().to_owned()
    }
}

fn cookie(person: &Person) -> String {
    format!("__Host-ward={}", person.token)
}

#[tokio::test]
async fn only_the_whole_cookie_of_a_live_session_opens_a_page() {
    let pages = pages().await;
    let own = cookie(&pages.anna);
    let answer = pages.get_with(&own).await;
    assert_eq!(
        (answer.status, answer.body),
        (200, pages.anna.account.to_string())
    );
    let token = &pages.anna.token;
    for other in [
        String::new(),
        "__Host-ward=".to_owned(),
        format!("ward={token}"),
        format!("__host-ward={token}"),
        format!("__Host-ward=\"{token}\""),
        format!("__Host-ward={token}x"),
        format!("__Host-ward={}", &token[1..]),
        format!("__Host-ward={}", token.to_lowercase()),
        format!("{own}; {own}"),
        format!("{own}; {}", cookie(&pages.bob)),
    ] {
        let answer = pages.get_with(&other).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/sign-in")),
            "{other}"
        );
    }
    let line = format!("Cookie: {own}");
    let as_token = format!("Authorization: DPoP {token}");
    assert_eq!(
        pages
            .send("GET", "/inside", &[&line, &as_token], "")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_change_needs_the_token_of_its_own_session() {
    let pages = pages().await;
    let line = format!("Cookie: {}", cookie(&pages.anna));
    let (own, bobs) = (pages.form_token(&pages.anna), pages.form_token(&pages.bob));
    for body in [
        String::new(),
        "form_token=".to_owned(),
        format!("form_token={bobs}"),
        format!("form_token={own}x"),
        format!("form_token={}", pages.anna.token),
        format!("Form_token={own}"),
        format!("form_token={bobs}&form_token={own}"),
        format!("form_token={own}&form_token={own}"),
        format!("{{\"form_token\":\"{own}\"}}"),
    ] {
        let answer = pages
            .send("POST", "/change", &[&line, SAME, FORM], &body)
            .await;
        assert_eq!(answer.status, 403, "{body}");
    }
    assert_eq!(
        pages
            .send("DELETE", "/change", &[&line, SAME], "")
            .await
            .status,
        403
    );
    assert_eq!(pages.changes.load(Ordering::SeqCst), 0);

    let body = format!("a=b&form_token={own}");
    let answer = pages
        .send("POST", "/change", &[&line, SAME, FORM], &body)
        .await;
    assert_eq!(answer.status, 303);
    let header = format!("X-Form-Token: {own}");
    let json = [
        line.as_str(),
        SAME,
        header.as_str(),
        "Content-Type: application/json",
    ];
    assert_eq!(pages.send("POST", "/change", &json, "{}").await.status, 303);
    assert_eq!(pages.changes.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_change_from_another_site_is_refused_token_or_not() {
    let pages = pages().await;
    let line = format!("Cookie: {}", cookie(&pages.anna));
    let body = format!("form_token={}", pages.form_token(&pages.anna));
    for lines in [
        &[][..],
        &["Sec-Fetch-Site: cross-site"],
        &["Sec-Fetch-Site: same-site"],
        &["Origin: https://evil.test"],
        &["Origin: null"],
        &[SAME, "Origin: https://evil.test"],
    ] {
        let lines: Vec<&str> = [line.as_str(), FORM].iter().chain(lines).copied().collect();
        assert_eq!(
            pages.send("POST", "/change", &lines, &body).await.status,
            403,
            "{lines:?}"
        );
    }
    assert_eq!(pages.changes.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_session_ends_at_the_next_request() {
    let pages = pages().await;
    let (anna, bob) = (cookie(&pages.anna), cookie(&pages.bob));
    let world = &pages.server.world;
    let assured = world.assured(&pages.anna);
    world.identity.sign_out_everywhere(&assured).await.unwrap();
    assert_eq!(pages.get_with(&anna).await.status, 303);
    assert_eq!(pages.get_with(&bob).await.status, 200);
    world
        .clock
        .advance(limits::SESSION_IDLE + Duration::from_secs(1));
    assert_eq!(pages.get_with(&bob).await.status, 303);
}
