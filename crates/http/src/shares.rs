//! Places for which callers compete: a number in all, and a smaller one for each.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use ward_core::{AccountId, neighbourhood};

/// Whose share a place counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// One who has proved who it is.
    Account(AccountId),
    /// Anyone, by their neighbourhood.
    Neighbourhood(u128),
}

impl Caller {
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Neighbourhood(neighbourhood(address))
    }
}

/// The places. Callers are remembered only while they hold one or wait for one.
#[derive(Debug)]
pub(crate) struct Shares {
    all: Arc<Semaphore>,
    each: usize,
    callers: Arc<Mutex<HashMap<Caller, Own>>>,
}

/// The places of one caller.
#[derive(Debug)]
struct Own {
    places: Arc<Semaphore>,
    users: usize,
}

/// One that holds a place of a caller, or waits for one.
#[derive(Debug)]
struct User {
    callers: Arc<Mutex<HashMap<Caller, Own>>>,
    caller: Caller,
    places: Arc<Semaphore>,
}

/// A place, given back when dropped: its permits first, so that a caller is forgotten only when it
/// holds nothing.
#[derive(Debug)]
pub(crate) struct Share {
    _permits: [OwnedSemaphorePermit; 2],
    _user: User,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The caller has all that it may have.
    Own,
    /// All callers together have all that there are.
    All,
}

impl Shares {
    pub(crate) fn new(all: usize, each: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all)),
            each,
            callers: Arc::default(),
        }
    }

    /// A place, if one is free.
    pub(crate) fn try_take(&self, caller: Caller) -> Option<Share> {
        let user = self.user(caller);
        let own = Arc::clone(&user.places).try_acquire_owned().ok()?;
        let one = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Share {
            _permits: [own, one],
            _user: user,
        })
    }

    /// A place, as soon as one is free; who asked first gets it first.
    ///
    /// # Errors
    /// Where none was for `patience`.
    pub(crate) async fn take(&self, caller: Caller, patience: Duration) -> Result<Share, Full> {
        let user = self.user(caller);
        let own = timeout(patience, Arc::clone(&user.places).acquire_owned());
        let Ok(Ok(own)) = own.await else {
            return Err(Full::Own);
        };
        let one = timeout(patience, Arc::clone(&self.all).acquire_owned());
        let Ok(Ok(one)) = one.await else {
            return Err(Full::All);
        };
        Ok(Share {
            _permits: [own, one],
            _user: user,
        })
    }

    fn user(&self, caller: Caller) -> User {
        let mut callers = locked(&self.callers);
        let own = callers.entry(caller).or_insert_with(|| Own {
            places: Arc::new(Semaphore::new(self.each)),
            users: 0,
        });
        own.users += 1;
        User {
            callers: Arc::clone(&self.callers),
            caller,
            places: Arc::clone(&own.places),
        }
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let mut callers = locked(&self.callers);
        if let Some(own) = callers.get_mut(&self.caller) {
            own.users -= 1;
            if own.users == 0 {
                callers.remove(&self.caller);
            }
        }
    }
}

fn locked(callers: &Mutex<HashMap<Caller, Own>>) -> MutexGuard<'_, HashMap<Caller, Own>> {
    callers.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    fn at(address: &str) -> Caller {
        Caller::at(address.parse().unwrap())
    }

    #[test]
    fn one_caller_takes_its_share_and_leaves_the_rest() {
        let shares = Shares::new(3, 2);
        let (one, other) = (at("192.0.2.1"), at("192.0.2.2"));
        let held = [shares.try_take(one).unwrap(), shares.try_take(one).unwrap()];
        assert!(shares.try_take(one).is_none());
        let last = shares.try_take(other).unwrap();
        assert!(shares.try_take(other).is_none());
        drop(last);
        assert!(shares.try_take(other).is_some() && shares.try_take(one).is_none());
        drop(held);
        assert!(shares.try_take(one).is_some());
    }

    #[test]
    fn a_network_of_one_host_is_one_caller() {
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:0:1"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("192.0.2.1"), at("::ffff:192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[tokio::test]
    async fn whoever_waits_gets_what_is_given_back() {
        let shares = Shares::new(2, 1);
        let (one, other, third) = (at("192.0.2.1"), at("192.0.2.2"), at("192.0.2.3"));
        let held = shares.take(one, SOON).await.unwrap();
        assert_eq!(shares.take(one, SOON).await.unwrap_err(), Full::Own);
        let _other = shares.take(other, SOON).await.unwrap();
        assert_eq!(shares.take(third, SOON).await.unwrap_err(), Full::All);
        let (waited, ()) = tokio::join!(shares.take(one, Duration::from_mins(1)), async {
            tokio::time::sleep(SOON).await;
            drop(held);
        });
        assert!(waited.is_ok());
    }

    #[tokio::test]
    async fn a_caller_without_a_place_is_forgotten() {
        let shares = Shares::new(2, 1);
        for number in 0..100 {
            let caller = at(&format!("192.0.2.{number}"));
            let held = shares.try_take(caller).unwrap();
            assert!(shares.try_take(caller).is_none());
            assert!(shares.take(caller, Duration::ZERO).await.is_err());
            assert!(shares.try_take(caller).is_none());
            drop(held);
        }
        assert!(locked(&shares.callers).is_empty());
    }
}
