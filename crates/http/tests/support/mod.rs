//! A server over TLS on a free port, and a client that can send anything.
#![allow(clippy::unwrap_used, reason = "a test that can't be set up fails")]

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use ward_core::{SystemClock, SystemRandom};
use ward_http::{Authenticate, Metrics, Origin, PlainPages, Route, Server, Settings};
use ward_identity::{Assured, Error};

/// Lets nobody in.
struct Closed;

impl Authenticate for Closed {
    fn session(&self, _: &str, _: IpAddr) -> Option<Assured> {
        None
    }

    fn service(&self, _: &str, _: &str, _: &str, _: &str, _: IpAddr) -> Result<Assured, Error> {
        Err(Error::AccessToken)
    }
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) server: Arc<Server>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) done: JoinHandle<std::io::Result<()>>,
    certificate: CertificateDer<'static>,
}

/// A response as it came over the wire.
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

pub(crate) async fn start(routes: Vec<Route>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let tls = ward_http::tls::server_config(vec![certificate.clone()], key).unwrap();
    let metrics = Metrics::new();
    let settings = Settings {
        origin: Origin::parse(&format!("https://localhost:{}", address.port())).unwrap(),
        authenticate: Arc::new(Closed),
        pages: Arc::new(PlainPages),
        metrics: Arc::clone(&metrics),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let server = Server::new(routes, settings).unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { drop(stopped.await) };
    let done = tokio::spawn(ward_http::serve(
        Arc::clone(&server),
        listener,
        tls,
        stopped,
    ));
    Running {
        address,
        server,
        metrics,
        stop,
        done,
        certificate,
    }
}

impl Running {
    pub(crate) async fn connect(&self, protocol: &[u8]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .unwrap()
    }

    /// Sends bytes as they are, and reads until the server closes.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Raw {
        let mut stream = self.connect(b"http/1.1").await;
        stream.write_all(bytes).await.unwrap();
        read(&mut stream).await
    }

    /// Sends a request with these header lines and this body.
    pub(crate) async fn send(&self, method: &str, target: &str, lines: &[&str], body: &str) -> Raw {
        let mut head = vec![
            format!("{method} {target} HTTP/1.1"),
            "Connection: close".to_owned(),
        ];
        if !lines.iter().any(|line| line.starts_with("Host:")) {
            head.push(format!("Host: localhost:{}", self.address.port()));
        }
        if !body.is_empty() {
            head.push(format!("Content-Length: {}", body.len()));
        }
        head.extend(lines.iter().map(|line| (*line).to_owned()));
        self.raw(format!("{}\r\n\r\n{body}", head.join("\r\n")).as_bytes())
            .await
    }

    pub(crate) async fn get(&self, target: &str) -> Raw {
        self.send("GET", target, &[], "").await
    }
}

pub(crate) async fn read(stream: &mut TlsStream<TcpStream>) -> Raw {
    let mut bytes = Vec::new();
    // A server that closes without TLS's farewell is fine here: what came is looked at.
    let reading = stream.read_to_end(&mut bytes);
    let _ = tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    Raw {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
