//! A server over TLS on a free port.
#![allow(clippy::unwrap_used, reason = "a test that can't be set up fails")]
#![allow(dead_code, reason = "each file of tests uses its part")]

use std::{
    net::{IpAddr, SocketAddr},
    ops::Deref,
    sync::Arc,
};

use rustls::pki_types::PrivateKeyDer;
use tokio::{sync::oneshot, task::JoinHandle};
use ward_core::{SystemClock, SystemRandom};
use ward_http::{
    Authenticate, Capacity, Metrics, Origin, PlainPages, Route, Server, Settings, Sockets,
};
use ward_identity::{Assured, Error};
use ward_testkit::{Raw, Wire};

pub(crate) struct Closed;

impl Authenticate for Closed {
    fn session(&self, _: &str, _: IpAddr) -> Option<Assured> {
        None
    }

    fn service(&self, _: &str, _: &str, _: &str, _: &str, _: IpAddr) -> Result<Assured, Error> {
        Err(Error::AccessToken)
    }
}

pub(crate) struct Running {
    pub(crate) wire: Wire,
    pub(crate) server: Arc<Server>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) done: JoinHandle<std::io::Result<()>>,
}

/// Serves with the usual capacity, and lets nobody in.
pub(crate) async fn start(routes: Vec<Route>) -> Running {
    start_with(routes, Arc::new(Closed), Capacity::default()).await
}

pub(crate) async fn start_with(
    routes: Vec<Route>,
    authenticate: Arc<dyn Authenticate>,
    capacity: Capacity,
) -> Running {
    let sockets = Sockets::new();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = sockets.bind(any, "a test").await.unwrap();
    let address = listener.address();
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let tls = ward_http::tls::server_config(vec![certificate.clone()], key).unwrap();
    let metrics = Metrics::new();
    let authority = format!("localhost:{}", address.port());
    let settings = Settings {
        origin: Origin::parse(&format!("https://{authority}")).unwrap(),
        authenticate,
        pages: Arc::new(PlainPages),
        metrics: Arc::clone(&metrics),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        sockets,
    };
    let server = Server::with_capacity(routes, settings, capacity).unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { drop(stopped.await) };
    let done = tokio::spawn(ward_http::serve(
        Arc::clone(&server),
        listener,
        tls,
        stopped,
    ));
    Running {
        wire: Wire {
            address,
            authority,
            certificate,
        },
        server,
        metrics,
        stop,
        done,
    }
}

impl Running {
    pub(crate) async fn send(&self, method: &str, target: &str, lines: &[&str], body: &str) -> Raw {
        self.wire.send(method, target, lines, body.as_bytes()).await
    }

    pub(crate) async fn get(&self, target: &str) -> Raw {
        self.send("GET", target, &[], "").await
    }
}

impl Deref for Running {
    type Target = Wire;
    fn deref(&self) -> &Wire {
        &self.wire
    }
}
