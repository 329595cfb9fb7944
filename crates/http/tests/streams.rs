//! Answers that go on, and their end: within a second of what was proved standing no more.
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::client::TlsStream;
use ward_core::limits;
use ward_http::{
    AssuredRequest, Credential, Event, Events, HttpError, Method, Response, Route, StatusCode,
};
use ward_identity::{Author, Role};
use ward_testkit::{ORIGIN, Person, Raw, Server, World};

/// Longer than any stream takes to end; what it takes is not asserted.
const PATIENCE: Duration = Duration::from_secs(30);

async fn live(request: Arc<AssuredRequest>) -> Result<Events, HttpError> {
    let account = request.assured.account().to_string();
    Ok(Events::one(Event::new("live", &account)))
}

/// Has more to say than a caller who does not read takes.
async fn chatty(_: Arc<AssuredRequest>) -> Result<Events, HttpError> {
    let (sender, events) = Events::channel();
    let secret = Event::new("said", &"a secret ".repeat(50_000));
    tokio::spawn(async move { while sender.send(secret.clone()).await {} });
    Ok(events)
}

async fn serve(world: World) -> Server {
    let page = Route::assured(
        Method::GET,
        "/page",
        "look",
        Credential::Session,
        |_| async { Ok(Response::new(StatusCode::OK)) },
    );
    let routes = vec![
        Route::stream("/live", "watch", Credential::Session, live),
        Route::stream("/chatty", "watch", Credential::Session, chatty),
        Route::stream("/fhir/live", "watch", Credential::Dpop, live),
        page,
    ];
    Server::start(world, |_, _| routes).await
}

async fn world() -> (Server, Person, Person) {
    let world = World::new();
    let anna = world.person("WRD01", "anna", Role::Clinician, "anna").await;
    let bob = world.person("WRD01", "bob", Role::Clinician, "bob").await;
    (serve(world).await, anna, bob)
}

fn cookie(person: &Person) -> String {
    format!("Cookie: __Host-ward={}", person.token)
}

/// A stream that was opened, and what came of it so far.
struct Open(TlsStream<TcpStream>);

impl Open {
    async fn get(server: &Server, path: &str, lines: &[String]) -> Self {
        let mut stream = server.wire.connect(b"http/1.1").await;
        let authority = &server.wire.authority;
        let lines = lines.join("\r\n");
        let head = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n{lines}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        Self(stream)
    }

    async fn of(server: &Server, person: &Person) -> Self {
        let mut open = Self::get(server, "/live", &[cookie(person)]).await;
        let said = open.until("\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!(said.contains("content-type: text/event-stream"), "{said}");
        assert!(said.contains("cache-control: no-store"), "{said}");
        open
    }

    /// Reads until something was said.
    async fn until(&mut self, wanted: &str) -> String {
        let mut said = String::new();
        while !said.contains(wanted) {
            let mut bytes = [0; 4096];
            let read = timeout(PATIENCE, self.0.read(&mut bytes)).await;
            let read = read.unwrap().unwrap();
            assert_ne!(read, 0, "ended after {said:?}");
            said.push_str(&String::from_utf8_lossy(bytes.get(..read).unwrap()));
        }
        said
    }

    async fn ended(&mut self) {
        self.until("event: ended\ndata:\n\n\r\n0\r\n\r\n").await;
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_session_is_signed_out_elsewhere() {
    let (server, anna, bob) = world().await;
    let (mut annas, mut bobs) = (
        Open::of(&server, &anna).await,
        Open::of(&server, &bob).await,
    );
    let identity = &server.world.identity;
    let assured = server.world.assured(&anna);
    identity.sign_out_everywhere(&assured).await.unwrap();
    annas.ended().await;
    // The other's goes on.
    let waits = timeout(limits::STREAM_CHECK * 3, bobs.until("ended"));
    let said = waits.await;
    assert!(said.is_err(), "{said:?}");
}

#[tokio::test]
async fn a_stream_ends_when_its_account_is_suspended() {
    let (server, anna, _) = world().await;
    let mut open = Open::of(&server, &anna).await;
    let suspended = server.world.identity.suspend(Author::Setup, anna.account);
    suspended.await.unwrap();
    open.ended().await;
}

#[tokio::test]
async fn a_stream_keeps_no_session_alive_and_ends_with_it() {
    let (server, anna, _) = world().await;
    let clock = &server.world.clock;
    let half = limits::SESSION_IDLE / 2 + Duration::from_secs(1);
    let mut first = Open::of(&server, &anna).await;
    clock.advance(half);
    let mut second = Open::of(&server, &anna).await;
    clock.advance(half);
    first.ended().await;
    second.ended().await;
    let page = server
        .wire
        .send("GET", "/page", &[&cookie(&anna)], b"")
        .await;
    assert_eq!(page.header("location"), Some("/sign-in"));
}

#[tokio::test]
async fn a_stream_of_a_token_ends_with_the_token() {
    let world = World::new();
    let program = world.program("WRD01", "program", "system/*.rs").await;
    let server = serve(world).await;
    let open = async || {
        let proof = server
            .world
            .proof(&program, "GET", &format!("{ORIGIN}/fhir/live"));
        let lines = [
            format!("Authorization: DPoP {}", program.token()),
            format!("DPoP: {proof}"),
        ];
        let mut open = Open::get(&server, "/fhir/live", &lines).await;
        open.until("event: live").await;
        open
    };
    let mut first = open().await;
    server.world.clock.advance(limits::SERVICE_TOKEN);
    first.ended().await;
}

#[tokio::test]
async fn a_stream_is_opened_by_the_credential_of_its_route_alone() {
    let (server, anna, _) = world().await;
    let send = async |path: &str, lines: &[&str]| -> Raw {
        server.wire.send("GET", path, lines, b"").await
    };
    let own = cookie(&anna);
    let bearer = format!("Authorization: Bearer {}", anna.token);
    for lines in [&[][..], &["Cookie: __Host-ward=garbage"]] {
        let answer = send("/live", lines).await;
        assert_eq!(answer.header("location"), Some("/sign-in"), "{lines:?}");
    }
    assert_eq!(send("/live", &[&bearer]).await.status, 401);
    assert_eq!(send("/fhir/live", &[&own]).await.status, 401);
    let head = server.wire.send("HEAD", "/live", &[&own], b"").await;
    assert_eq!((head.status, head.header("content-length")), (200, None));
}

#[tokio::test]
async fn streams_are_few_for_each_account_and_hold_no_place_of_other_requests() {
    let (server, anna, bob) = world().await;
    let mut open = Vec::new();
    for _ in 0..limits::STREAMS_PER_ACCOUNT {
        open.push(Open::of(&server, &anna).await);
    }
    let own = cookie(&anna);
    let one_more = server.wire.send("GET", "/live", &[&own], b"").await;
    assert_eq!(one_more.status, 429);
    let page = server.wire.send("GET", "/page", &[&own], b"").await;
    assert_eq!(page.status, 200);
    open.push(Open::of(&server, &bob).await);
    // A place is given back when its caller goes.
    open.remove(0);
    for _ in 0..100 {
        let mut again = Open::get(&server, "/live", std::slice::from_ref(&own)).await;
        if again.until("\r\n").await.starts_with("HTTP/1.1 200") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no place was given back");
}

#[tokio::test]
async fn what_waits_when_the_session_ends_is_not_handed_over_later() {
    let (server, anna, _) = world().await;
    let mut open = Open::get(&server, "/chatty", &[cookie(&anna)]).await;
    open.until("a secret").await;
    // The caller stops reading; the session ends; the caller reads again.
    tokio::time::sleep(limits::STREAM_CHECK).await;
    let assured = server.world.assured(&anna);
    let identity = &server.world.identity;
    identity.sign_out_everywhere(&assured).await.unwrap();
    tokio::time::sleep(limits::STREAM_CHECK * 2).await;
    open.ended().await;
}

#[tokio::test]
async fn an_inventory_tells_a_stream_from_other_routes() {
    let (server, ..) = world().await;
    let routes = server.routes();
    let streams = routes.iter().filter(|route| route.is_stream);
    let streams: Vec<_> = streams
        .map(|route| (&route.method, route.pattern))
        .collect();
    assert_eq!(
        streams,
        [
            (&Method::GET, "/live"),
            (&Method::GET, "/chatty"),
            (&Method::GET, "/fhir/live")
        ]
    );
}

#[tokio::test]
async fn no_request_changes_the_protocol_of_its_connection() {
    let (server, anna, _) = world().await;
    let own = cookie(&anna);
    for path in ["/live", "/page", "/nothing"] {
        for (method, protocol) in [("GET", "websocket"), ("POST", "h2c"), ("OPTIONS", "x")] {
            let upgrade = format!("Upgrade: {protocol}");
            let lines = [own.as_str(), "Connection: upgrade, close", &upgrade];
            let answer = server.wire.send(method, path, &lines, b"").await;
            assert_eq!(answer.status, 400, "{method} {path} {protocol}");
        }
    }
    for target in ["localhost:8443", "evil.test:443", "/page"] {
        let answer = server.wire.send("CONNECT", target, &[&own], b"").await;
        assert!(
            matches!(answer.status, 400 | 405),
            "{target} {}",
            answer.status
        );
    }
}
