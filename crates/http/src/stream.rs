//! Answers that go on: events (HTML, server-sent events), for as long as what was proved stands.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval},
};
use ward_core::limits;

use crate::{AssuredRequest, Authenticate, shares::Share};

/// Says that what was proved stands no more.
const ENDED: &[u8] = b"event: ended\ndata:\n\n";
/// A comment, which keeps what lies between from closing a connection that says nothing.
const SILENCE: &[u8] = b":\n\n";
/// Looks at what was proved between which a stream says something, if it is but that: 15 s.
const SILENT_CHECKS: u32 = 30;
/// Events that wait for a caller to take them.
const WAITING: usize = 8;

/// One event of a stream.
#[derive(Clone)]
pub struct Event(Bytes);

impl Event {
    /// An event of a type, with its data: a line break in it begins another line of data.
    pub fn new(kind: &'static str, data: &str) -> Self {
        let data = data.replace('\r', "").replace('\n', "\ndata: ");
        Self(Bytes::from(format!("event: {kind}\ndata: {data}\n\n")))
    }
}

/// Events are about people.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(..)")
    }
}

/// Where the events of a stream come from.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

/// Where a handler puts them.
#[derive(Debug, Clone)]
pub struct EventSender(mpsc::Sender<Event>);

impl Events {
    /// A stream's two ends. It goes on without events when the sender is gone.
    pub fn channel() -> (EventSender, Self) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (EventSender(sender), Self(receiver))
    }

    /// One event, and then silence until the stream ends.
    pub fn one(event: Event) -> Self {
        let (sender, events) = Self::channel();
        // There is room for it.
        let _ = sender.0.try_send(event);
        events
    }
}

impl EventSender {
    /// Sends an event, as soon as those before it were taken. False, where nobody listens any more.
    pub async fn send(&self, event: Event) -> bool {
        self.0.send(event).await.is_ok()
    }
}

/// What a stream's body and what watches over it share.
pub(crate) struct Live {
    events: mpsc::Receiver<Event>,
    /// What was proved stands no more: nothing that waits is handed over.
    is_over: Arc<AtomicBool>,
    told: bool,
    #[expect(dead_code, reason = "held for as long as the stream goes on")]
    held: Option<Box<dyn Any + Send + Sync>>,
}

/// What watches over a stream.
pub(crate) struct Watch {
    pub(crate) authenticate: Arc<dyn Authenticate>,
    pub(crate) request: Arc<AssuredRequest>,
    /// Its place among the streams of its account.
    #[expect(dead_code, reason = "held for as long as the stream goes on")]
    pub(crate) place: Share,
    /// Done when the server ends.
    pub(crate) closing: watch::Receiver<bool>,
}

impl Live {
    /// Begins a stream.
    pub(crate) fn begin(watch: Watch, events: Events) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        let is_over = Arc::new(AtomicBool::new(false));
        let live = Self {
            events: receiver,
            is_over: Arc::clone(&is_over),
            told: false,
            held: None,
        };
        tokio::spawn(async move {
            let stands = watch.stands_until_the_end(events, &sender).await;
            // Before the sender is dropped, which wakes the body.
            is_over.store(!stands, Ordering::Release);
        });
        live
    }

    pub(crate) fn holding(self, held: impl Send + Sync + 'static) -> Self {
        Self {
            held: Some(Box::new(held)),
            ..self
        }
    }

    /// The next bytes; none at the end.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if !self.is_over.load(Ordering::Acquire) {
            let next = ready!(self.events.poll_recv(context));
            if let (Some(Event(bytes)), false) = (next, self.is_over.load(Ordering::Acquire)) {
                return Poll::Ready(Some(bytes));
            }
        }
        let tells = self.is_over.load(Ordering::Acquire) && !self.told;
        self.told = true;
        Poll::Ready(tells.then(|| Bytes::from_static(ENDED)))
    }
}

impl Watch {
    /// Hands events over until the caller goes, the server ends, or what was proved stands no more.
    /// Returns whether it still stood.
    async fn stands_until_the_end(self, mut events: Events, out: &mpsc::Sender<Event>) -> bool {
        let mut closing = self.closing.clone();
        let mut checks = interval(limits::STREAM_CHECK);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut waiting, mut has_more, mut silent) = (None, true, 0);
        loop {
            tokio::select! {
                biased;
                () = out.closed() => return true,
                _ = closing.wait_for(|closing| *closing) => return true,
                _ = checks.tick() => {
                    if !self.stands() {
                        return false;
                    }
                    silent += 1;
                    if silent >= SILENT_CHECKS {
                        silent = 0;
                        // Where there is no room, something else waits to be said.
                        let _ = out.try_send(Event(Bytes::from_static(SILENCE)));
                    }
                }
                room = out.reserve(), if waiting.is_some() => {
                    if let (Ok(room), Some(event)) = (room, waiting.take()) {
                        room.send(event);
                        silent = 0;
                    }
                }
                event = events.0.recv(), if waiting.is_none() && has_more => {
                    if !self.stands() {
                        return false;
                    }
                    has_more = event.is_some();
                    waiting = event;
                }
            }
        }
    }

    fn stands(&self) -> bool {
        self.authenticate.stands(&self.request.assured)
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live(..)")
    }
}
