//! Password hashes: a few at a time, where they block nobody, and a way past strangers.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Semaphore;
use ward_core::limits;

use crate::Error;

/// Who waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A person at a place from where they signed in of late, or with a link.
    Known,
    /// Anybody else.
    Stranger,
}

/// The cores and the memory that hashes may take.
///
/// Strangers are let have all of them but one, so that those who are known find their turn at
/// once, from however many addresses strangers come.
pub(crate) struct Hashing {
    at_once: Arc<Semaphore>,
    known: Queue,
    strangers: Queue,
}

struct Queue {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Hashing {
    pub(crate) fn new() -> Self {
        let all = limits::PASSWORD_HASHES_AT_ONCE.max(2);
        Self {
            at_once: Arc::new(Semaphore::new(all)),
            known: Queue::new(all),
            strangers: Queue::new(all - 1),
        }
    }

    /// Runs a password hash.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many wait.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        standing: Standing,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let queue = match standing {
            Standing::Known => &self.known,
            Standing::Stranger => &self.strangers,
        };
        let _waiting = Waiting::new(&queue.waiting)?;
        let turn = acquire(&queue.turns).await?;
        let permit = acquire(&self.at_once).await?;
        // The permits go along: a caller who leaves does not free the core that is still at work.
        let work = tokio::task::spawn_blocking(move || {
            let _permits = (turn, permit);
            work()
        });
        work.await.map_err(|_| Error::Busy)?
    }
}

impl Queue {
    fn new(turns: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            waiting: AtomicUsize::new(0),
        }
    }
}

async fn acquire(of: &Arc<Semaphore>) -> Result<tokio::sync::OwnedSemaphorePermit, Error> {
    let permit = Arc::clone(of).acquire_owned().await;
    permit.map_err(|_| Error::Busy)
}

/// A place in the queue for a hash.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Result<Self, Error> {
        let place = Self(waiting);
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        if before < limits::PASSWORD_HASHES_WAITING {
            Ok(place)
        } else {
            Err(Error::Busy)
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test]
    async fn strangers_fill_their_queue_and_not_that_of_people_who_are_known() {
        let hashing = Arc::new(Hashing::new());
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let flood: Vec<_> = (0..limits::PASSWORD_HASHES_WAITING + 50)
            .map(|_| {
                let (hashing, held) = (Arc::clone(&hashing), Arc::clone(&held));
                tokio::spawn(async move {
                    let wait = move || {
                        let _ended = held.lock().unwrap().recv();
                        Ok(())
                    };
                    hashing.run(Standing::Stranger, wait).await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        for _ in 0..10 {
            let known = hashing.run(Standing::Known, || Ok("in"));
            let known = tokio::time::timeout(Duration::from_secs(20), known).await;
            assert_eq!(known.expect("no turn").unwrap(), "in");
        }
        drop(release);
        let mut refused = 0;
        for one in flood {
            refused += usize::from(matches!(one.await.unwrap(), Err(Error::Busy)));
        }
        assert_eq!(refused, 50);
    }
}
