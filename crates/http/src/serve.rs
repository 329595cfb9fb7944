//! Sockets: accepting connections, TLS, HTTP/1.1 and HTTP/2, and ending them all in order.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use ward_core::limits;

use crate::{
    Listener, Server,
    paced::Paced,
    shares::{Caller, Shares},
};

type Stream = TlsStream<Paced<TcpStream>>;

/// A connection of HTTP/2 without requests is closed after this time.
const IDLE: Duration = Duration::from_mins(2);
/// Requests under way on one connection of HTTP/2.
const STREAMS: u32 = 64;
/// Bytes of one request's head: the longest paging link has to fit.
const HEAD_BYTES: u32 = 64 * 1024;
/// Headers of one request.
const HEADERS: usize = 64;
/// Requests under way may take so long to end after a shutdown.
const DRAIN: Duration = Duration::from_secs(20);
/// A connection that was told to end may take so long to: a request's time, and its answer's way.
const FAREWELL: Duration = limits::REQUEST.saturating_add(DRAIN);

/// Serves until `shutdown` is done, then lets requests under way end, within 20 seconds.
///
/// # Errors
/// None once it serves: a connection that fails harms no other.
pub async fn serve(
    server: Arc<Server>,
    listener: Listener,
    tls: Arc<ServerConfig>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let acceptor = TlsAcceptor::from(tls);
    let capacity = server.capacity();
    let room = Shares::new(capacity.connections, capacity.connections_of_address());
    let (stop, stopping) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let Ok((stream, address)) = accepted else {
            // Out of file descriptors, most likely: some will be free soon.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Some(place) = room.try_take(Caller::at(address.ip())) else {
            server.metrics().connection_refused();
            continue;
        };
        let (server, acceptor) = (Arc::clone(&server), acceptor.clone());
        let stopping = stopping.clone();
        tokio::spawn(async move {
            connection(server, acceptor, stream, address, stopping).await;
            drop(place);
        });
    }
    drop((listener, stopping));
    server.close_streams();
    // Done when each connection has dropped its end.
    let _ = stop.send(());
    let _ = timeout(DRAIN, stop.closed()).await;
    Ok(())
}

async fn connection(
    server: Arc<Server>,
    acceptor: TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
    stopping: watch::Receiver<()>,
) {
    let _open = server.metrics().connected();
    // Answers are written whole: waiting for more to send would only add delay.
    let _ = stream.set_nodelay(true);
    let stream = Paced::new(stream, server.capacity().write_pause);
    let Ok(Ok(stream)) = timeout(limits::HANDSHAKE, acceptor.accept(stream)).await else {
        server.metrics().handshake_failed();
        return;
    };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        http2(server, stream, address, stopping).await;
    } else {
        http1(server, stream, address, stopping).await;
    }
}

/// A caller that breaks the protocol or goes away ends its own connection; there is nobody to tell.
async fn http1(
    server: Arc<Server>,
    stream: Stream,
    address: SocketAddr,
    mut stopping: watch::Receiver<()>,
) {
    let life = server.capacity().connection_life;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let server = Arc::clone(&server);
        async move { Ok::<_, std::convert::Infallible>(server.respond(request, address.ip()).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits::REQUEST_HEAD)
        .max_headers(HEADERS)
        .max_header_size(HEAD_BYTES as usize);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.changed() => {}
        () = sleep(life) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(FAREWELL, connection).await;
}

async fn http2(
    server: Arc<Server>,
    stream: Stream,
    address: SocketAddr,
    mut stopping: watch::Receiver<()>,
) {
    let life = server.capacity().connection_life;
    let activity = Arc::new(Activity::default());
    let seen = Arc::clone(&activity);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let server = Arc::clone(&server);
        let busy = Activity::begin(&seen);
        async move {
            let response = server.respond(request, address.ip()).await;
            // A stream is under way for as long as it goes on.
            let response = response.map(|body| body.holding(busy));
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.changed() => {}
        () = activity.idle() => {}
        () = sleep(life) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(FAREWELL, connection).await;
}

/// What goes on on a connection of HTTP/2.
#[derive(Debug, Default)]
struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
}

struct Busy(Arc<Activity>);

impl Activity {
    fn begin(this: &Arc<Self>) -> Busy {
        this.begun.fetch_add(1, Ordering::Relaxed);
        Busy(Arc::clone(this))
    }

    /// Done when there was no request for a while.
    async fn idle(&self) {
        let mut seen = self.begun.load(Ordering::Relaxed);
        loop {
            sleep(IDLE).await;
            let begun = self.begun.load(Ordering::Relaxed);
            if begun == seen && self.ended.load(Ordering::Relaxed) == begun {
                return;
            }
            seen = begun;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}
