//! The bounded queue before the one writer of an organisation.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parking_lot::{Condvar, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{StoreError, limits};

/// The queue's room is counted in these.
const UNIT_BYTES: usize = 1024;
const UNITS: usize = limits::QUEUE_BYTES / UNIT_BYTES;

/// First in, first out. Callers wait for room without holding a thread; the writer waits on a
/// condition variable, and takes all that is there at once.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    room: Arc<Semaphore>,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

/// Room in the queue, given back when it is dropped.
pub(crate) type Room = OwnedSemaphorePermit;

/// What the writer finds.
pub(crate) enum Taken<T> {
    Some(VecDeque<T>),
    Nothing,
    Closed,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                closed: false,
            }),
            arrived: Condvar::new(),
            room: Arc::new(Semaphore::new(UNITS)),
        }
    }

    /// Waits for room for so many bytes. What is larger than the queue takes all of it.
    pub(crate) async fn room(&self, bytes: usize) -> Result<Room, StoreError> {
        let units = u32::try_from((1 + bytes / UNIT_BYTES).min(UNITS)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(units).await;
        room.map_err(|_| StoreError::Closed)
    }

    pub(crate) fn push(&self, message: T) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(StoreError::Closed);
        }
        state.waiting.push_back(message);
        let first = state.waiting.len() == 1;
        drop(state);
        // The writer takes everything at once, so that only the first message has to wake it.
        if first {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Everything that waits. Waits itself until there is something, for `patience` at most.
    pub(crate) fn take(&self, patience: Option<Duration>) -> Taken<T> {
        let mut state = self.state.lock();
        loop {
            if !state.waiting.is_empty() {
                return Taken::Some(std::mem::take(&mut state.waiting));
            }
            if state.closed {
                return Taken::Closed;
            }
            match patience {
                None => self.arrived.wait(&mut state),
                Some(patience) => {
                    if self.arrived.wait_for(&mut state, patience).timed_out()
                        && state.waiting.is_empty()
                        && !state.closed
                    {
                        return Taken::Nothing;
                    }
                }
            }
        }
    }

    /// Takes no more messages. The writer still gets those that wait.
    pub(crate) fn close(&self) {
        self.room.close();
        self.state.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Throws away what waits, whose callers then learn that nobody answers.
    pub(crate) fn clear(&self) {
        let dropped = std::mem::take(&mut self.state.lock().waiting);
        drop(dropped);
    }
}
