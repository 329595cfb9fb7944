//! Figures about the server, for Prometheus, on a listener of their own that only this machine can
//! reach. They name routes by their patterns, and nobody.

use std::{
    io,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use hyper::{Method, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Metric, Registry},
};
use tokio::net::TcpStream;

use crate::{Listener, response::WholeBody};

/// Upper bounds of the histogram of request times, in seconds.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0,
];

/// The figures of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: std::sync::Mutex<Registry>,
    answers: Family<AnswerLabels, Counter>,
    times: Family<RouteLabels, Histogram, fn() -> Histogram>,
    connections: Gauge<i64, AtomicI64>,
    handshakes_failed: Counter,
    connections_refused: Counter,
    panics: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: &'static str,
}

/// Counts a connection for as long as it lives.
#[derive(Debug)]
pub(crate) struct OpenConnection(Arc<Metrics>);

impl Metrics {
    /// Figures that all start at nothing.
    pub fn new() -> Arc<Self> {
        let mut registry = Registry::with_prefix("ward");
        let metrics = Self {
            answers: Family::default(),
            times: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            connections: Gauge::default(),
            handshakes_failed: Counter::default(),
            connections_refused: Counter::default(),
            panics: Counter::default(),
            registry: std::sync::Mutex::default(),
        };
        registry.register(
            "http_answers",
            "Requests answered.",
            metrics.answers.clone(),
        );
        registry.register(
            "http_seconds",
            "Time from head to answer.",
            metrics.times.clone(),
        );
        registry.register(
            "http_connections",
            "Open connections.",
            metrics.connections.clone(),
        );
        let name = "http_handshakes_failed";
        registry.register(
            name,
            "TLS handshakes that failed.",
            metrics.handshakes_failed.clone(),
        );
        let name = "http_connections_refused";
        registry.register(
            name,
            "Connections over the cap.",
            metrics.connections_refused.clone(),
        );
        registry.register(
            "http_panics",
            "Handlers that panicked.",
            metrics.panics.clone(),
        );
        Arc::new(Self {
            registry: std::sync::Mutex::new(registry),
            ..metrics
        })
    }

    /// Adds a figure of another crate. Its labels must name nobody.
    pub fn register(&self, name: &str, help: &str, metric: impl Metric) {
        let registry = self.registry.lock();
        registry
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .register(name, help, metric);
    }

    /// All figures as `OpenMetrics` text.
    pub fn text(&self) -> String {
        let registry = self.registry.lock();
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(
            &mut text,
            &registry.unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        text
    }

    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &'static str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = AnswerLabels {
            method: name_of(method),
            route,
            status: status.as_u16(),
        };
        self.answers.get_or_create(&labels).inc();
        self.times
            .get_or_create(&RouteLabels { route })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn connected(self: &Arc<Self>) -> OpenConnection {
        self.connections.inc();
        OpenConnection(Arc::clone(self))
    }

    pub(crate) fn handshake_failed(&self) {
        self.handshakes_failed.inc();
    }

    pub(crate) fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections.dec();
    }
}

/// A closed list: a caller may send any method, and each would be a label for good.
pub(crate) fn name_of(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    known
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}

/// Answers each request on `listener` with the figures, until the task is dropped.
///
/// # Errors
/// Where the listener is not on the loopback: the figures are for this machine alone.
pub async fn serve_metrics(metrics: Arc<Metrics>, listener: Listener) -> io::Result<()> {
    if !listener.ip().is_loopback() {
        return Err(io::Error::other(
            "metrics are served on a loopback address only",
        ));
    }
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(Arc::clone(&metrics), stream))),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn answer(metrics: Arc<Metrics>, stream: TcpStream) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let metrics = Arc::clone(&metrics);
        async move {
            let is_asked = request.method() == Method::GET && request.uri().path() == "/metrics";
            let mut response = hyper::Response::new(WholeBody(if is_asked {
                metrics.text().into()
            } else {
                "see /metrics\n".into()
            }));
            if !is_asked {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    let builder = builder
        .timer(TokioTimer::new())
        .header_read_timeout(ward_core::limits::REQUEST_HEAD);
    // A reader that goes away is its own affair.
    let _ = builder
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_name_routes_and_closed_lists() {
        let metrics = Metrics::new();
        let strange = Method::from_bytes(b"ABC-9990000018").unwrap();
        let took = Duration::from_millis(3);
        metrics.answered(&strange, "/patients/{id}", StatusCode::NOT_FOUND, took);
        let text = metrics.text();
        let row =
            r#"ward_http_answers_total{method="other",route="/patients/{id}",status="404"} 1"#;
        assert!(text.contains(row), "{text}");
        assert!(!text.contains("999"));
    }
}
