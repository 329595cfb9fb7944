use serde::Serialize;

use crate::{authorize::scopes::May, render::Page};

/// One service: all that two people vouch for.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the page that is there or not"
)]
pub(crate) struct ShowService {
    /// Its `client_id`.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: String,
    pub(super) may: Vec<May>,
    pub(super) proposed_by: String,
    pub(super) approved_by: Option<String>,
    pub(super) ends: String,
    pub(super) last_used: String,
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
    pub(super) can_approve: bool,
    /// The reader proposed it: somebody else must approve.
    pub(super) wants_another: bool,
    pub(super) can_suspend: bool,
    pub(super) can_resume: bool,
}

impl Page for ShowService {
    const TEMPLATE: &'static str = "services/show.jinja";

    fn title(&self) -> String {
        "A service".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use crate::{apps::State, authorize::scopes::in_words};
        let sample = |state: State, is_own: bool| Self {
            id: "0f".repeat(16),
            name: "Laboratory results".to_owned(),
            scopes: "system/Observation.cu".to_owned(),
            may: in_words(
                &ward_identity::Scopes::parse("system/Observation.cu").unwrap_or_default(),
            ),
            proposed_by: "Sam Hill".to_owned(),
            approved_by: (state != State::Waiting).then(|| "Ivy Cole".to_owned()),
            ends: "1 March 2027 at 09:10".to_owned(),
            last_used: "Not yet".to_owned(),
            state: state.in_words(),
            colour: state.colour(),
            can_approve: state == State::Waiting && !is_own,
            wants_another: state == State::Waiting && is_own,
            can_suspend: state != State::Suspended,
            can_resume: state == State::Suspended,
        };
        vec![
            sample(State::Works, false),
            sample(State::Waiting, false),
            sample(State::Waiting, true),
            sample(State::Suspended, false),
        ]
    }
}
