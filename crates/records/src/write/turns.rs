//! Taking turns: at conditional creates, and at resources that several change at once.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use ward_crypto::Token;

type Lock = Arc<AsyncMutex<()>>;

/// Whose turn it is, for each mark: the others wait.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<Token, Lock>>);

/// Some marks, held until this is dropped.
pub(crate) struct Held<'a> {
    turns: &'a Turns,
    guards: Vec<(Token, Option<OwnedMutexGuard<()>>)>,
}

impl Turns {
    /// Waits until nobody else holds any of these marks. They are taken in one order by
    /// everybody, so that no two wait for each other.
    pub(crate) async fn hold(&self, marks: impl IntoIterator<Item = Token>) -> Held<'_> {
        let mut marks: Vec<Token> = marks.into_iter().collect();
        marks.sort_unstable();
        marks.dedup();
        let mut held = Held {
            turns: self,
            guards: Vec::with_capacity(marks.len()),
        };
        for mark in marks {
            let lock = Arc::clone(self.0.lock().entry(mark).or_default());
            held.guards.push((mark, None));
            let guard = lock.lock_owned().await;
            if let Some(last) = held.guards.last_mut() {
                last.1 = Some(guard);
            }
        }
        held
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut locks = self.turns.0.lock();
        for (mark, guard) in self.guards.drain(..) {
            drop(guard);
            // Nobody else waits: the map alone holds it, and nobody can get it meanwhile.
            if locks
                .get(&mark)
                .is_some_and(|lock| Arc::strong_count(lock) == 1)
            {
                locks.remove(&mark);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Token = Token([1; 16]);
    const TWO: Token = Token([2; 16]);

    #[tokio::test]
    async fn a_mark_is_held_by_one_at_a_time_and_forgotten_after() {
        let turns = Arc::new(Turns::default());
        let first = turns.hold([ONE, TWO, ONE]).await;
        let other = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { drop(turns.hold([TWO, ONE]).await) }
        });
        tokio::task::yield_now().await;
        assert!(!other.is_finished());
        drop(first);
        other.await.unwrap();
        assert!(turns.0.lock().is_empty());
    }
}
