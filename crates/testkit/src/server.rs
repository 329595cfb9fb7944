//! A world served over TLS on a free port.

use std::{net::SocketAddr, sync::Arc};

use rustls::pki_types::PrivateKeyDer;
use tokio::sync::oneshot;
use ward_core::{Clock, SystemRandom};
use ward_http::{Authenticate, Listed, Metrics, Origin, PlainPages, Route, Settings, Sockets};

use crate::{ORIGIN, Program, Raw, Wire, World};

/// A [`World`] on the wire. It ends when dropped.
pub struct Server {
    /// What is served.
    pub world: World,
    /// The way to it.
    pub wire: Wire,
    /// Its figures.
    pub metrics: Arc<Metrics>,
    server: Arc<ward_http::Server>,
    _stop: oneshot::Sender<()>,
}

#[expect(
    clippy::expect_used,
    reason = "a server that can't start fails its test"
)]
impl Server {
    /// Serves a world by the routes that are made for it.
    ///
    /// # Panics
    /// Where it can't.
    pub async fn start(world: World, routes: impl FnOnce(&World, &Origin) -> Vec<Route>) -> Self {
        let sockets = Sockets::new();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = sockets.bind(any, "a test").await.expect("a free port");
        let address = listener.address();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let tls = ward_http::tls::server_config(vec![certificate.clone()], key).expect("TLS");
        let origin = Origin::parse(ORIGIN).expect("an origin");
        let metrics = Metrics::new();
        let settings = Settings {
            origin: origin.clone(),
            authenticate: Arc::clone(&world.identity) as Arc<dyn Authenticate>,
            pages: Arc::new(PlainPages),
            metrics: Arc::clone(&metrics),
            clock: Arc::clone(&world.clock) as Arc<dyn Clock>,
            random: Arc::new(SystemRandom),
            sockets,
        };
        let server = ward_http::Server::new(routes(&world, &origin), settings).expect("routes");
        let (stop, stopped) = oneshot::channel();
        let stopped = async { drop(stopped.await) };
        tokio::spawn(ward_http::serve(
            Arc::clone(&server),
            listener,
            tls,
            stopped,
        ));
        let authority = ORIGIN.trim_start_matches("https://").to_owned();
        let wire = Wire {
            address,
            authority,
            certificate,
        };
        Self {
            world,
            wire,
            metrics,
            server,
            _stop: stop,
        }
    }

    /// Everything that is answered.
    pub fn routes(&self) -> Vec<Listed> {
        self.server.routes()
    }

    /// Sends a request of a service, with its token and a proof made for it.
    ///
    /// # Panics
    /// As [`Wire::send`].
    pub async fn ask(
        &self,
        program: &Program,
        method: &str,
        target: &str,
        lines: &[&str],
        body: &[u8],
    ) -> Raw {
        let path = target.split('?').next().unwrap_or_default();
        let proof = self
            .world
            .proof(program, method, &format!("{ORIGIN}{path}"));
        let credentials = [
            format!("Authorization: DPoP {}", program.token()),
            format!("DPoP: {proof}"),
        ];
        let lines: Vec<&str> = credentials
            .iter()
            .map(String::as_str)
            .chain(lines.iter().copied())
            .collect();
        self.wire.send(method, target, &lines, body).await
    }
}
