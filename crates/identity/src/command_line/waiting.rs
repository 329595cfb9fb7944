//! Command lines that wait for their persons, in bounded memory.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use ward_core::{AccountId, Timestamp, limits, neighbourhood};

use super::user_code::UserCode;
use crate::{account::Member, assured::Proof, service::Thumbprint, token::TokenHash};

/// One that waits.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) user_code: UserCode,
    /// The key that asked: no other gets the token.
    pub(crate) key: Thumbprint,
    /// What the machine calls itself.
    pub(crate) machine: Option<Box<str>>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) asked: Timestamp,
    /// Who looked first: it is theirs to decide.
    pub(crate) looked: Option<AccountId>,
    pub(crate) decision: Decision,
    polled: Option<Timestamp>,
    interval: Duration,
}

#[derive(Clone)]
pub(crate) enum Decision {
    None,
    Approved { member: Arc<Member>, proof: Proof },
    Denied,
}

impl Request {
    pub(crate) fn new(
        user_code: UserCode,
        key: Thumbprint,
        machine: Option<&str>,
        address: Option<IpAddr>,
        asked: Timestamp,
    ) -> Self {
        Self {
            user_code,
            key,
            machine: machine.map(Into::into),
            address,
            asked,
            looked: None,
            decision: Decision::None,
            polled: None,
            interval: limits::COMMAND_LINE_POLL,
        }
    }

    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.asked + limits::COMMAND_LINE_REQUEST
    }

    /// Counts one more question; whether it came too soon. Each that does makes the wait longer
    /// (RFC 8628 3.5).
    pub(crate) fn is_too_soon(&mut self, now: Timestamp) -> bool {
        let too_soon = self
            .polled
            .is_some_and(|polled| now < polled + self.interval);
        if too_soon {
            self.interval += limits::COMMAND_LINE_POLL;
        }
        self.polled = Some(now);
        too_soon
    }
}

/// All that wait.
#[derive(Default)]
pub(crate) struct Waiting {
    by_code: HashMap<TokenHash, Request>,
}

impl Waiting {
    /// Keeps one more. Where there is no room the oldest goes: of its own address first, so that
    /// whoever begins too many takes nobody else's place.
    pub(crate) fn add(&mut self, code: TokenHash, request: Request) {
        self.forget(request.asked);
        let place = |request: &Request| request.address.map(neighbourhood);
        let own = place(&request);
        let of_own = |waiting: &Request| place(waiting) == own;
        self.make_room(limits::COMMAND_LINE_REQUESTS_PER_ADDRESS, of_own);
        self.make_room(limits::COMMAND_LINE_REQUESTS, |_| true);
        self.by_code.insert(code, request);
    }

    pub(crate) fn get_mut(&mut self, code: &TokenHash) -> Option<&mut Request> {
        self.by_code.get_mut(code)
    }

    pub(crate) fn remove(&mut self, code: &TokenHash) -> Option<Request> {
        self.by_code.remove(code)
    }

    /// The one whose code somebody typed, in its time.
    pub(crate) fn find(&mut self, typed: UserCode, now: Timestamp) -> Option<&mut Request> {
        let mut all = self.by_code.values_mut();
        all.find(|request| request.user_code == typed && !request.is_over(now))
    }

    /// Forgets those whose time was over long enough ago that nobody asks for them.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        let told = now - limits::COMMAND_LINE_REQUEST;
        self.by_code.retain(|_, request| !request.is_over(told));
    }

    fn make_room(&mut self, limit: usize, of: impl Fn(&Request) -> bool) {
        while self.by_code.values().filter(|request| of(request)).count() >= limit {
            let all = self.by_code.iter().filter(|(_, request)| of(request));
            let oldest = all.min_by_key(|(_, request)| request.asked);
            let Some(oldest) = oldest.map(|(code, _)| *code) else {
                return;
            };
            self.by_code.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;

    use super::*;
    use crate::token::new_token;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    fn begin(waiting: &mut Waiting, address: [u8; 4], at: Timestamp) -> TokenHash {
        let (_, code) = new_token(&SystemRandom);
        let (user_code, key) = (UserCode::new(&SystemRandom), Thumbprint([0; 32]));
        let from = Some(IpAddr::from(address));
        waiting.add(code, Request::new(user_code, key, None, from, at));
        code
    }

    #[test]
    fn a_flood_from_one_address_takes_nobody_elses_place() {
        let mut waiting = Waiting::default();
        let victim = begin(&mut waiting, [192, 0, 2, 1], START);
        for _ in 0..5_000 {
            begin(&mut waiting, [192, 0, 2, 9], START);
        }
        assert!(waiting.get_mut(&victim).is_some());
        let room = limits::COMMAND_LINE_REQUESTS_PER_ADDRESS + 1;
        assert_eq!(waiting.by_code.len(), room);
    }

    #[test]
    fn memory_is_bounded_and_what_is_over_is_forgotten() {
        let mut waiting = Waiting::default();
        for address in 0..3_000_u32 {
            begin(&mut waiting, address.to_be_bytes(), START);
        }
        assert_eq!(waiting.by_code.len(), limits::COMMAND_LINE_REQUESTS);
        waiting.forget(START + limits::COMMAND_LINE_REQUEST * 2);
        assert!(waiting.by_code.is_empty());
    }

    #[test]
    fn each_question_that_comes_too_soon_makes_the_wait_longer() {
        let key = Thumbprint([0; 32]);
        let mut request = Request::new(UserCode::new(&SystemRandom), key, None, None, START);
        let after = |seconds| START + Duration::from_secs(seconds);
        for (at, too_soon) in [
            (0, false),
            (5, false),
            (9, true),
            (18, true),
            (32, true),
            (52, false),
        ] {
            assert_eq!(request.is_too_soon(after(at)), too_soon, "{at}");
        }
    }
}
