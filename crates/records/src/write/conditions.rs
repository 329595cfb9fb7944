//! Conditional creates, one at a time for each condition.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use ward_crypto::Token;

type Lock = Arc<AsyncMutex<()>>;

/// Which conditions are being looked at, so that two requests with the same one make one resource
/// between them.
#[derive(Default)]
pub(crate) struct Conditions(Mutex<HashMap<Token, Lock>>);

/// Some conditions, held until this is dropped.
pub(crate) struct Held<'a> {
    conditions: &'a Conditions,
    guards: Vec<(Token, Option<OwnedMutexGuard<()>>)>,
}

impl Conditions {
    /// Waits until nobody else holds any of these conditions. They are taken in one order by
    /// everybody, so that no two wait for each other.
    pub(crate) async fn hold(&self, marks: impl IntoIterator<Item = Token>) -> Held<'_> {
        let mut marks: Vec<Token> = marks.into_iter().collect();
        marks.sort_unstable();
        marks.dedup();
        let mut held = Held {
            conditions: self,
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
        let mut locks = self.conditions.0.lock();
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
    async fn a_condition_is_held_by_one_at_a_time_and_forgotten_after() {
        let conditions = Arc::new(Conditions::default());
        let first = conditions.hold([ONE, TWO, ONE]).await;
        let other = tokio::spawn({
            let conditions = Arc::clone(&conditions);
            async move { drop(conditions.hold([TWO, ONE]).await) }
        });
        tokio::task::yield_now().await;
        assert!(!other.is_finished());
        drop(first);
        other.await.unwrap();
        assert!(conditions.0.lock().is_empty());
    }
}
