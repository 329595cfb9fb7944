//! One kind of request from several connections at once, and what it cost the server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::{Method, body::Bytes};
use serde_json::{Value, json};
use ward_core::{Clock as _, SystemClock, Timestamp};

use crate::{
    Error, cpu,
    service::{Connection, Service},
};

/// A request to send.
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Bytes>,
}

/// Makes the request of a number: different numbers, different people.
pub(crate) type Make = Arc<dyn Fn(u64) -> Sent + Send + Sync>;

/// What a run measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Processor time of the server a request, milliseconds.
    pub(crate) cpu_ms: f64,
    /// Requests a second.
    pub(crate) rps: f64,
    /// Half of the answers came within this, milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 answers came within this, milliseconds.
    pub(crate) p99_ms: f64,
    /// Requests answered.
    pub(crate) requests: u64,
    /// Bytes of a mean answer.
    pub(crate) bytes: u64,
}

impl Measured {
    /// The same for each of the resources that a request is about.
    pub(crate) fn each(self, resources: f64) -> Self {
        Self {
            cpu_ms: self.cpu_ms / resources,
            rps: self.rps * resources,
            p50_ms: self.p50_ms / resources,
            p99_ms: self.p99_ms / resources,
            ..self
        }
    }

    /// As the fields of a line of JSON; `bare` is the same without locks.
    pub(crate) fn json(&self, bare: &Self) -> Value {
        let round = |figure: f64| (figure * 1_000.0).round() / 1_000.0;
        json!({
            "cpu_ms": round(self.cpu_ms),
            "rps": self.rps.round(),
            "p50_ms": round(self.p50_ms),
            "p99_ms": round(self.p99_ms),
            "bare_ratio": round(self.cpu_ms / bare.cpu_ms.max(0.000_1)),
        })
    }
}

/// Runs one kind of request for `during` on every connection at once; a fifth of it before, as a
/// warm-up that isn't counted. Every answer must be a success.
pub(crate) async fn run(
    service: &Service,
    process: u32,
    connections: Vec<Connection>,
    during: Duration,
    make: Make,
) -> Result<(Measured, Vec<Connection>), Error> {
    let next = Arc::new(AtomicU64::new(0));
    let (_, _, connections) = round(service, connections, during / 5, &make, &next).await?;
    let (began, used) = (SystemClock.now(), cpu::used_micros(process)?);
    let (mut times, bytes, connections) = round(service, connections, during, &make, &next).await?;
    let used = cpu::used_micros(process)? - used;
    let wall = SystemClock.now().since(began);
    times.sort_unstable();
    let requests = times.len() as u64;
    let centile = |share: usize| {
        let index = (times.len() * share / 100).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    };
    #[expect(clippy::cast_precision_loss, reason = "figures to print")]
    let measured = Measured {
        cpu_ms: used as f64 / 1_000.0 / requests.max(1) as f64,
        rps: requests as f64 / wall.as_secs_f64(),
        p50_ms: centile(50),
        p99_ms: centile(99),
        requests,
        bytes: bytes / requests.max(1),
    };
    Ok((measured, connections))
}

type Round = (Vec<Duration>, u64, Vec<Connection>);

async fn round(
    service: &Service,
    connections: Vec<Connection>,
    during: Duration,
    make: &Make,
    next: &Arc<AtomicU64>,
) -> Result<Round, Error> {
    let until = SystemClock.now() + during;
    let mut tasks = Vec::new();
    for mut connection in connections {
        // A token lives 300 s: a fresh one a round is enough for any round shorter than that.
        connection.sign_in(service).await?;
        let (make, next) = (Arc::clone(make), Arc::clone(next));
        tasks.push(tokio::spawn(worker(connection, until, make, next)));
    }
    let (mut times, mut bytes, mut connections) = (Vec::new(), 0, Vec::new());
    for task in tasks {
        let (some, count, connection) = task.await.map_err(|_| Error::Demo)??;
        times.extend(some);
        bytes += count;
        connections.push(connection);
    }
    Ok((times, bytes, connections))
}

async fn worker(
    mut connection: Connection,
    until: Timestamp,
    make: Make,
    next: Arc<AtomicU64>,
) -> Result<(Vec<Duration>, u64, Connection), Error> {
    let (mut times, mut bytes) = (Vec::new(), 0);
    loop {
        let began = SystemClock.now();
        if began >= until {
            return Ok((times, bytes, connection));
        }
        let sent = make(next.fetch_add(1, Ordering::Relaxed));
        let body = sent.body.map(|body| ("application/fhir+json", body));
        let answer = connection.send(sent.method, &sent.path, body).await?;
        if !answer.status.is_success() {
            return Err(Error::Refused(answer.status.as_u16()));
        }
        bytes += answer.body.len() as u64;
        times.push(SystemClock.now().since(began));
    }
}
