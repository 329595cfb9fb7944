//! Reading a body within its limit, while it streams in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::{HeaderMap, body::Body, body::Incoming, header};
use tokio::time::timeout;

use crate::{HttpError, Kind};

/// A body may pause for so long between two pieces.
const PAUSE: Duration = Duration::from_secs(10);
/// Bytes of bodies in memory at once, for the whole server.
const BYTES_AT_ONCE: usize = 512 * 1024 * 1024;
/// Room made at once on the word of `Content-Length`, which may be a lie.
const ROOM: usize = 1024 * 1024;
/// How long what a refused caller still sends is thrown away, so that it can read the refusal
/// instead of a reset connection.
const LINGER: Duration = Duration::from_secs(2);

/// The bytes of all bodies in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Budget(Arc<AtomicUsize>);

/// A share of the budget; given back when the request is done.
#[derive(Debug)]
pub(crate) struct Lease {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    pub(crate) fn lease(&self) -> Lease {
        Lease {
            budget: self.clone(),
            bytes: 0,
        }
    }
}

impl Lease {
    fn grow(&mut self, bytes: usize) -> Result<(), HttpError> {
        let before = self.budget.0.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if before.saturating_add(bytes) > BYTES_AT_ONCE {
            return Err(HttpError::unavailable(
                "busy",
                "Too many large requests at once.",
            ));
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Reads a body of up to `limit` bytes.
///
/// # Errors
/// [`Kind::TooLarge`] as soon as the limit is passed or announced to be; [`Kind::Timeout`] where the
/// caller pauses; [`Kind::BadRequest`] where it ends early.
pub(crate) async fn read(
    body: &mut Incoming,
    limit: usize,
    lease: &mut Lease,
) -> Result<Bytes, HttpError> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(too_large(limit));
    }
    let mut whole = BytesMut::new();
    let mut sole = Bytes::new();
    while let Some(frame) = timeout(PAUSE, body.frame()).await.map_err(|_| too_slow())? {
        let Ok(piece) = frame.map_err(|_| broken_off())?.into_data() else {
            continue;
        };
        if sole.len() + whole.len() + piece.len() > limit {
            return Err(too_large(limit));
        }
        lease.grow(piece.len())?;
        if sole.is_empty() && whole.is_empty() {
            sole = piece;
            continue;
        }
        if whole.is_empty() {
            let room = usize::try_from(announced).unwrap_or(ROOM).min(ROOM);
            whole.reserve(room.max(sole.len() + piece.len()));
            whole.extend_from_slice(&std::mem::take(&mut sole));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(if whole.is_empty() {
        sole
    } else {
        whole.freeze()
    })
}

/// Throws away what a refused caller still sends, for a while. One that waits for `100 Continue`
/// sends nothing, and must not be told to.
pub(crate) fn linger(mut body: Incoming, headers: &HeaderMap) {
    if body.is_end_stream() || headers.contains_key(header::EXPECT) {
        return;
    }
    tokio::spawn(async move {
        let _ = timeout(LINGER, async {
            while let Some(Ok(_)) = body.frame().await {}
        })
        .await;
    });
}

fn too_large(limit: usize) -> HttpError {
    let text = match limit {
        0 => "No body is taken here.".to_owned(),
        _ => format!("The body is over the limit of {limit} bytes."),
    };
    HttpError::new(Kind::TooLarge, "body-too-large", text)
}

fn too_slow() -> HttpError {
    HttpError::new(
        Kind::Timeout,
        "body-too-slow",
        "The body did not arrive in time.",
    )
}

fn broken_off() -> HttpError {
    HttpError::bad_request("body-broken-off", "The body ended before its end.")
}
