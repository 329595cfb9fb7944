//! One caller that takes all it can get leaves the server to the others.
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http_body_util::Empty;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use support::{Closed, Running, start_with};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::{sleep, timeout},
};
use ward_http::{
    Bytes, Capacity, Credential, Method, PublicRequest, Response, Route, StatusCode, with,
};
use ward_identity::Role;
use ward_testkit::{Person, Wire, World};

const PATIENCE: Duration = Duration::from_secs(10);

/// What goes on in handlers, and what lets them end.
struct Work {
    running: AtomicUsize,
    most: AtomicUsize,
    begun: AtomicUsize,
    may_end: Semaphore,
}

/// Counts one handler for as long as it runs.
struct Counted(Arc<Work>);

impl Work {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            begun: AtomicUsize::new(0),
            may_end: Semaphore::new(0),
        })
    }

    async fn work(self: Arc<Self>) -> Response {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        let counted = Counted(Arc::clone(&self));
        drop(self.may_end.acquire().await);
        drop(counted);
        Response::new(StatusCode::OK)
    }

    fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// Waits until so many run.
    async fn settle(&self, running: usize) {
        eventually(|| self.running() == running).await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn eventually(is_so: impl Fn() -> bool) {
    let waited = timeout(PATIENCE, async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap();
}

fn small() -> Capacity {
    Capacity {
        handlers: 4,
        handlers_of_account: 2,
        patience: Duration::from_millis(100),
        ..Capacity::default()
    }
}

type Sender = SendRequest<Empty<Bytes>>;

async fn http2(running: &Running) -> Sender {
    let stream = TokioIo::new(running.connect(b"h2").await);
    let connecting = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (sender, connection) = connecting.await.unwrap();
    tokio::spawn(connection);
    sender
}

/// A server with a read and a change for people who have signed in, and two of them.
struct Pages {
    world: World,
    running: Running,
    work: Arc<Work>,
    anna: Person,
    bob: Person,
}

async fn pages(capacity: Capacity) -> Pages {
    let world = World::new();
    let anna = world.person("WRD01", "anna", Role::Clinician, "anna").await;
    let bob = world.person("WRD01", "bob", Role::Clinician, "bob").await;
    let work = Work::new();
    let post = |pattern, action| {
        let handler = with(&work, |work: Arc<Work>, _| async { Ok(work.work().await) });
        Route::assured(Method::POST, pattern, action, Credential::Session, handler)
    };
    let routes = vec![
        post("/change", "change"),
        post("/search", "search").only_reads(),
    ];
    let running = start_with(routes, Arc::clone(&world.identity) as _, capacity).await;
    Pages {
        world,
        running,
        work,
        anna,
        bob,
    }
}

impl Pages {
    fn request(&self, person: &Person, path: &str) -> hyper::Request<Empty<Bytes>> {
        let assured = self.world.identity.authenticate(&person.token, None);
        let form_token = assured.unwrap().form_token().to_owned();
        hyper::Request::post(format!("https://{}{path}", self.running.authority))
            .header("cookie", format!("__Host-ward={}", person.token))
            .header("sec-fetch-site", "same-origin")
            .header("x-form-token", form_token)
            .body(Empty::new())
            .unwrap()
    }

    /// Opens a stream, sends the request and resets the stream, as often as is asked.
    async fn open_and_reset(&self, person: &Person, path: &str, times: usize) {
        let mut sender = http2(&self.running).await;
        for _ in 0..times {
            sender.ready().await.unwrap();
            let answer = sender.send_request(self.request(person, path));
            // Time to arrive and to begin; dropping what waits for the answer resets the stream.
            let _ = timeout(Duration::from_millis(10), answer).await;
        }
    }
}

#[tokio::test]
async fn searches_whose_callers_go_away_end() {
    let pages = pages(Capacity::default()).await;
    pages.open_and_reset(&pages.anna, "/search", 40).await;
    assert!(pages.work.begun.load(Ordering::SeqCst) > 0);
    pages.work.settle(0).await;
}

#[tokio::test]
async fn changes_whose_callers_go_away_do_not_pile_up() {
    let pages = pages(small()).await;
    pages.open_and_reset(&pages.anna, "/change", 40).await;
    // They run to their end, so that the account has no place for more.
    pages.work.settle(2).await;
    let mut sender = http2(&pages.running).await;
    let answer = sender.send_request(pages.request(&pages.anna, "/change"));
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers().get("retry-after").unwrap(), "1");
    // Another is not kept waiting by her.
    let bobs = sender.send_request(pages.request(&pages.bob, "/change"));
    let bobs = tokio::spawn(bobs);
    pages.work.settle(3).await;
    pages.work.may_end.add_permits(1_000);
    assert_eq!(bobs.await.unwrap().unwrap().status(), 200);
    pages.work.settle(0).await;
    let again = sender.send_request(pages.request(&pages.anna, "/change"));
    assert_eq!(again.await.unwrap().status(), 200);
    assert_eq!(pages.work.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn who_asks_for_much_at_once_is_served_in_turn() {
    let patient = Capacity {
        patience: PATIENCE,
        ..small()
    };
    let pages = pages(patient).await;
    let mut sender = http2(&pages.running).await;
    let answers: Vec<_> = (0..20)
        .map(|_| sender.send_request(pages.request(&pages.anna, "/search")))
        .map(tokio::spawn)
        .collect();
    pages.work.settle(2).await;
    pages.work.may_end.add_permits(1_000);
    for answer in answers {
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(pages.work.most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn strangers_take_no_places_of_those_who_are_proved() {
    let work = Work::new();
    let world = World::new();
    let anna = world.person("WRD01", "anna", Role::Clinician, "anna").await;
    let routes = vec![
        Route::public(
            Method::POST,
            "/sign-in",
            "a test",
            with(&work, |work: Arc<Work>, _: PublicRequest| async {
                Ok(work.work().await)
            }),
        ),
        Route::assured(
            Method::GET,
            "/inside",
            "look",
            Credential::Session,
            |_| async { Ok(Response::new(StatusCode::OK)) },
        ),
    ];
    let running = start_with(routes, Arc::clone(&world.identity) as _, small()).await;
    let stranger = ["Sec-Fetch-Site: same-origin"];
    let url = format!("https://{}/sign-in", running.authority);
    let mut sender = http2(&running).await;
    for _ in 0..20 {
        let request = hyper::Request::post(&url).header("sec-fetch-site", "same-origin");
        let answer = sender.send_request(request.body(Empty::new()).unwrap());
        let _ = timeout(Duration::from_millis(10), answer).await;
    }
    // A quarter of four.
    work.settle(1).await;
    let more = running.send("POST", "/sign-in", &stranger, "").await;
    assert_eq!(more.status, 429);
    let cookie = format!("Cookie: __Host-ward={}", anna.token);
    let inside = running.send("GET", "/inside", &[&cookie], "").await;
    assert_eq!(inside.status, 200);
    assert_eq!(work.most.load(Ordering::SeqCst), 1);
}

/// More than the buffers of two sockets hold.
const LARGE: usize = 64 * 1024 * 1024;

async fn with_a_large_file(capacity: Capacity) -> Running {
    let file = Bytes::from(vec![b'x'; LARGE]);
    let route = Route::public(Method::GET, "/file", "a test", move |_| {
        let file = file.clone();
        async { Ok(Response::body(StatusCode::OK, "text/plain", file)) }
    });
    start_with(vec![route], Arc::new(Closed), capacity).await
}

fn ask(running: &Running) -> String {
    format!("GET /file HTTP/1.1\r\nHost: {}\r\n\r\n", running.authority)
}

fn has_connections(running: &Running, count: usize) -> bool {
    let line = format!("ward_http_connections {count}\n");
    running.metrics.text().contains(&line)
}

#[tokio::test]
async fn a_reader_that_never_reads_loses_its_connection() {
    let hasty = Capacity {
        write_pause: Duration::from_secs(1),
        ..Capacity::default()
    };
    let running = with_a_large_file(hasty).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = running.connect(b"http/1.1").await;
        stream.write_all(ask(&running).as_bytes()).await.unwrap();
        held.push(stream);
    }
    assert!(has_connections(&running, 3));
    eventually(|| has_connections(&running, 0)).await;
    drop(held);
}

#[tokio::test]
async fn a_reader_that_reads_gets_everything() {
    let running = with_a_large_file(Capacity::default()).await;
    let whole = running.get("/file").await;
    assert_eq!((whole.status, whole.body.len()), (200, LARGE));
}

#[tokio::test]
async fn one_address_holds_a_quarter_of_all_connections() {
    let narrow = Capacity {
        connections: 8,
        ..Capacity::default()
    };
    let running = with_a_large_file(narrow).await;
    let first = running.connect(b"http/1.1").await;
    let second = running.connect(b"http/1.1").await;
    let mut third = TcpStream::connect(running.address).await.unwrap();
    let mut byte = [0];
    let closed = timeout(PATIENCE, third.read(&mut byte)).await.unwrap();
    assert!(!closed.is_ok_and(|read| read > 0));
    let refused = "ward_http_connections_refused_total 1";
    assert!(running.metrics.text().contains(refused));
    drop(first);
    eventually(|| has_connections(&running, 1)).await;
    assert_eq!(running.get("/nothing").await.status, 404);
    drop(second);
}

#[tokio::test]
async fn no_connection_lives_for_ever() {
    let brief = Capacity {
        connection_life: Duration::from_millis(200),
        ..Capacity::default()
    };
    let running = with_a_large_file(brief).await;
    let mut stream = running.connect(b"http/1.1").await;
    let request = ask(&running).replace("/file", "/nothing");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = timeout(PATIENCE, Wire::read(&mut stream)).await.unwrap();
    assert_eq!(answer.status, 404);
    let sender = http2(&running).await;
    eventually(|| sender.is_closed()).await;
}
