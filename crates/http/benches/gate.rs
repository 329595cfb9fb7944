//! What the gate costs a request: the check of its session and the decision of policy, both warm,
//! over TLS, beside the same request to the same handler without them. `cargo bench -p ward-http`.
//!
//! The handler without a gate is a public route of this program, which is built for nothing else:
//! no server that can be released has a switch. CPU is that of the one thread that client and server
//! share, so that their difference is the gate's alone. At the end the session is ended, and the
//! next request must be refused: what is warm is never what was true before.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program")]

use std::{fs, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;
use ward_access::{Access, Read, Target};
use ward_http::{
    Answer, AssuredRequest, Credential, HttpError, Method, PublicRequest, Response, Route,
    StatusCode, with,
};
use ward_identity::{Caller, Role};
use ward_log::Purpose;
use ward_testkit::{Server, World};

/// Requests of a round, and rounds: with the gate and without it in turn, as the machine has other
/// work; the quickest round of each counts.
const REQUESTS: u32 = 5_000;
const ROUNDS: usize = 9;
/// What a request may cost more for its gate.
const AIM_MICROS: f64 = 15.0;
/// What both handlers answer.
const BODY: &str = "the end of an answer";

fn answer() -> Response {
    Response::body(StatusCode::OK, "text/plain", BODY)
}

async fn bare(_: PublicRequest) -> Answer {
    Ok(answer())
}

async fn gated(access: Arc<Access>, request: AssuredRequest) -> Answer {
    let organisation = request.assured.organisation().clone();
    let target = Target::resource_type(&organisation, "Patient");
    let decided = access.decide::<Read>(&request.assured, &target, Purpose::DirectCare);
    decided.map_err(|_| HttpError::not_found())?;
    Ok(answer())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let world = World::new();
    let person = world.person("WRD01", "one", Role::Clinician, "one").await;
    let access = Arc::new(Access::new(Arc::clone(&world.clock) as _).unwrap());
    let server = Server::start(world, |_, _| {
        let (get, session) = (Method::GET, Credential::Session);
        let gate = with(&access, gated);
        vec![
            Route::public(get.clone(), "/bare0", "the baseline", bare),
            Route::assured(get, "/gated", "the same, gated", session, gate),
        ]
    })
    .await;
    let mut connection = server.wire.connect(b"http/1.1").await;
    let mut cost = async |path: &str| {
        let request = request(&server, path, &person.token);
        let before = thread_micros();
        for _ in 0..REQUESTS {
            assert!(
                ask(&mut connection, &request)
                    .await
                    .starts_with("HTTP/1.1 200")
            );
        }
        (thread_micros() - before) / f64::from(REQUESTS)
    };
    let (mut without, mut with) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        without = without.min(cost("/bare0").await);
        with = with.min(cost("/gated").await);
    }
    let gate = with - without;
    if std::env::args().any(|argument| argument == "--json") {
        println!(
            "{{\"cpu_us_without\":{without:.2},\"cpu_us_with\":{with:.2},\"gate_us\":{gate:.2}}}"
        );
    } else {
        println!("{without:8.2} us of CPU a request without a gate, client included");
        println!("{with:8.2} us with its session checked and its policy decided");
        println!("{gate:8.2} us for the gate; at most {AIM_MICROS} is aimed at");
    }
    let identity = &server.world.identity;
    let assured = server.world.assured(&person);
    let ended = identity.sign_out(&assured, &Caller::default()).await;
    assert!(ended.is_ok());
    let request = request(&server, "/gated", &person.token);
    connection.write_all(&request).await.unwrap();
    let mut next = [0; 12];
    connection.read_exact(&mut next).await.unwrap();
    assert_eq!(
        &next, b"HTTP/1.1 303",
        "the next request of a session that was ended"
    );
}

fn request(server: &Server, path: &str, token: &str) -> Vec<u8> {
    let host = &server.wire.authority;
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: __Host-ward={token}\r\n\r\n")
        .into_bytes()
}

/// Asks, and reads to the end of the answer.
async fn ask(connection: &mut TlsStream<TcpStream>, request: &[u8]) -> String {
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::with_capacity(2_048);
    while !answer.ends_with(BODY.as_bytes()) {
        assert_ne!(connection.read_buf(&mut answer).await.unwrap(), 0, "closed");
    }
    String::from_utf8(answer).unwrap()
}

/// What this thread has used of the processor, in microseconds (Linux: the first field of
/// `schedstat` is nanoseconds on the CPU).
fn thread_micros() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanos: f64 = text.split(' ').next().unwrap().parse().unwrap();
    nanos / 1e3
}
