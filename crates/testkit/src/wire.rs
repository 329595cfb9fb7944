//! HTTP/1.1 over TLS as a test speaks it: anything can be sent, byte by byte.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// How long a test waits for a server to be done with a connection.
const PATIENCE: Duration = Duration::from_mins(1);

/// The way to a server.
#[derive(Debug, Clone)]
pub struct Wire {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it is called: `localhost:8443`.
    pub authority: String,
    /// Its own certificate, which is trusted.
    pub certificate: CertificateDer<'static>,
}

/// A response as it came over the wire.
#[derive(Debug)]
pub struct Raw {
    /// The status; 0 where none came.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Raw {
    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
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

#[expect(clippy::expect_used, reason = "a test without its server fails")]
impl Wire {
    /// Opens a connection that speaks one protocol: `h2` or `http/1.1`.
    ///
    /// # Panics
    /// Where the server can't be reached.
    pub async fn connect(&self, protocol: &[u8]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let stream = TcpStream::connect(self.address)
            .await
            .expect("a listening server");
        let name = ServerName::try_from("localhost").expect("a name");
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
        connecting.await.expect("a handshake")
    }

    /// Sends bytes as they are, and reads until the server closes.
    ///
    /// # Panics
    /// Where the server can't be reached, or does not close.
    pub async fn raw(&self, bytes: &[u8]) -> Raw {
        let mut stream = self.connect(b"http/1.1").await;
        // A server that has heard enough closes early; what it said is what counts.
        let _ = stream.write_all(bytes).await;
        Self::read(&mut stream).await
    }

    /// Sends a request with these header lines and this body. `Host`, `Content-Length` and
    /// `Connection: close` are added where the lines have none.
    ///
    /// # Panics
    /// As [`Wire::raw`].
    pub async fn send(&self, method: &str, target: &str, lines: &[&str], body: &[u8]) -> Raw {
        let has = |name: &str| lines.iter().any(|line| line.starts_with(name));
        let mut head = vec![
            format!("{method} {target} HTTP/1.1"),
            "Connection: close".to_owned(),
        ];
        if !has("Host:") {
            head.push(format!("Host: {}", self.authority));
        }
        if !body.is_empty() && !has("Content-Length:") {
            head.push(format!("Content-Length: {}", body.len()));
        }
        head.extend(lines.iter().map(|line| (*line).to_owned()));
        let mut bytes = format!("{}\r\n\r\n", head.join("\r\n")).into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).await
    }

    /// Reads a response until the server closes.
    ///
    /// # Panics
    /// Where it does not close.
    pub async fn read(stream: &mut TlsStream<TcpStream>) -> Raw {
        let mut bytes = Vec::new();
        // A close without TLS's farewell is fine here: what came is looked at.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
            .await
            .expect("a close");
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
}
