//! What somebody was about to do when they were asked to prove who they are: kept for a few
//! minutes in this process's memory, for their session alone. Nothing of it is in a URL or a log.

use std::collections::HashMap;

use parking_lot::Mutex;
use ward_core::{Random, RequestId, Secret, SessionId, Timestamp, limits};
use ward_http::FORM_TOKEN_FIELD;

/// Fields that are typed again rather than kept.
const NOT_KEPT: [&str; 3] = [FORM_TOKEN_FIELD, "password", "code"];

/// A place to come back to.
#[derive(Debug)]
pub(crate) struct Place {
    /// Path and query.
    pub(crate) address: String,
    /// The fields of the form that was sent there; none for a page that was asked for.
    pub(crate) fields: Option<Vec<(String, Secret<String>)>>,
}

#[derive(Debug)]
struct Draft {
    session: SessionId,
    made: Timestamp,
    /// The proof was given: this is where its session goes on.
    proved: bool,
    place: Place,
}

/// What waits for a proof, in all sessions.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Mutex<HashMap<String, Draft>>);

impl Place {
    /// A form that was sent, without what is not kept.
    pub(crate) fn of_form(address: String, fields: Vec<(String, String)>) -> Self {
        let kept = fields
            .into_iter()
            .filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
        let fields = kept.map(|(name, value)| (name, Secret::new(value)));
        Self {
            address,
            fields: Some(fields.collect()),
        }
    }

    /// A page that was asked for.
    pub(crate) const fn of_page(address: String) -> Self {
        Self {
            address,
            fields: None,
        }
    }
}

impl Drafts {
    /// Keeps a place, and gives its name. Of a session the oldest makes room; where there is none
    /// in the whole server, nothing is kept.
    pub(crate) fn keep(
        &self,
        session: SessionId,
        place: Place,
        now: Timestamp,
        random: &dyn Random,
    ) -> String {
        let name = RequestId::random(random).to_string();
        let mut drafts = self.0.lock();
        drafts.retain(|_, draft| draft.works(now));
        while drafts.values().filter(|one| one.session == session).count()
            >= limits::DRAFTS_PER_SESSION
        {
            let own = drafts.iter().filter(|(_, one)| one.session == session);
            let oldest = own.min_by_key(|(_, one)| one.made);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
                break;
            };
            drafts.remove(&oldest);
        }
        if drafts.len() < limits::DRAFTS {
            let draft = Draft {
                session,
                made: now,
                proved: false,
                place,
            };
            drafts.insert(name.clone(), draft);
        }
        name
    }

    /// A session has proved itself again and is another now: its drafts go with it, and `name` is
    /// where it goes on.
    pub(crate) fn follow(&self, from: SessionId, to: SessionId, name: &str) {
        for (known, draft) in self.0.lock().iter_mut() {
            if draft.session == from {
                draft.session = to;
                draft.proved = known == name;
            }
        }
    }

    /// Where a session goes on, once.
    pub(crate) fn go_on(&self, session: SessionId, now: Timestamp) -> Option<Place> {
        let mut drafts = self.0.lock();
        drafts.retain(|_, draft| draft.works(now));
        let is_next = |draft: &Draft| draft.session == session && draft.proved;
        let next = drafts.iter().find(|(_, draft)| is_next(draft));
        let name = next.map(|(name, _)| name.clone())?;
        drafts.remove(&name).map(|draft| draft.place)
    }
}

impl Draft {
    fn works(&self, now: Timestamp) -> bool {
        now.since(self.made) < limits::STEP_UP_DRAFT
    }
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn session(number: u8) -> SessionId {
        SessionId::from_bytes([number; 16])
    }

    fn form(address: &str) -> Place {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![
            pair("form_token", "old"),
            pair("label", "Phone"),
            pair("password", "typed again"),
            pair("code", "123456"),
        ];
        Place::of_form(address.to_owned(), fields)
    }

    fn keep(drafts: &Drafts, of: u8, address: &str) -> String {
        drafts.keep(session(of), form(address), NOW, &SystemRandom)
    }

    #[test]
    fn a_draft_follows_its_session_and_is_gone_on_with_once() {
        let drafts = Drafts::default();
        let (one, two) = (keep(&drafts, 1, "/one"), keep(&drafts, 1, "/two"));
        assert!(drafts.go_on(session(1), NOW).is_none(), "not proved yet");
        drafts.follow(session(1), session(2), &two);
        assert!(drafts.go_on(session(1), NOW).is_none());
        let place = drafts.go_on(session(2), NOW).unwrap();
        let fields = place.fields.unwrap();
        assert_eq!(place.address, "/two");
        let [(name, value)] = &fields[..] else {
            panic!("a token, a password and a code are not kept")
        };
        assert_eq!((name.as_str(), value.expose().as_str()), ("label", "Phone"));
        assert!(drafts.go_on(session(2), NOW).is_none());
        drafts.follow(session(2), session(3), &one);
        assert_eq!(drafts.go_on(session(3), NOW).unwrap().address, "/one");
    }

    /// The attack: the name of another session's draft.
    #[test]
    fn a_draft_is_its_sessions_alone() {
        let drafts = Drafts::default();
        let marys = keep(&drafts, 1, "/secret");
        drafts.follow(session(7), session(8), &marys);
        assert!(drafts.go_on(session(8), NOW).is_none());
    }

    #[test]
    fn a_draft_ends_with_its_time() {
        let drafts = Drafts::default();
        let name = keep(&drafts, 1, "/one");
        drafts.follow(session(1), session(2), &name);
        let late = NOW + limits::STEP_UP_DRAFT;
        assert!(drafts.go_on(session(2), late).is_none());
        assert!(drafts.0.lock().is_empty());
    }

    #[test]
    fn drafts_are_bounded_for_a_session_and_for_all() {
        let drafts = Drafts::default();
        for number in 0..100 {
            keep(&drafts, 1, &format!("/{number}"));
        }
        assert_eq!(drafts.0.lock().len(), limits::DRAFTS_PER_SESSION);
        for of in 0..=255 {
            for number in 0..limits::DRAFTS_PER_SESSION {
                keep(&drafts, of, &format!("/{number}"));
            }
        }
        assert_eq!(drafts.0.lock().len(), limits::DRAFTS);
    }
}
