use serde::Serialize;

use crate::{authorize::scopes::May, render::Page};

/// One app: all that two people vouch for.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the page that is there or not"
)]
pub(crate) struct ShowApp {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_confidential: bool,
    pub(super) redirect_uris: Vec<String>,
    pub(super) launch_url: Option<String>,
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
    pub(super) can_end: bool,
}

impl Page for ShowApp {
    const TEMPLATE: &'static str = "apps/show.jinja";

    fn title(&self) -> String {
        "An app".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use super::State;
        use crate::authorize::scopes::in_words;
        let sample = |state: State, is_own: bool, is_confidential| Self {
            id: "0f".repeat(16),
            name: "Growth chart".to_owned(),
            is_confidential,
            redirect_uris: vec!["https://chart.example/callback".to_owned()],
            launch_url: is_confidential.then(|| "https://chart.example/launch".to_owned()),
            scopes: "launch patient/Observation.rs".to_owned(),
            may: in_words(
                &ward_identity::Scopes::parse("patient/Observation.rs").unwrap_or_default(),
            ),
            proposed_by: "Sam Hill".to_owned(),
            approved_by: (state != State::Waiting).then(|| "Ivy Cole".to_owned()),
            ends: "1 March 2027 at 09:10".to_owned(),
            last_used: "Not yet".to_owned(),
            state: state.in_words(),
            colour: state.colour(),
            can_approve: state == State::Waiting && !is_own,
            wants_another: state == State::Waiting && is_own,
            can_end: state != State::Ended,
        };
        vec![
            sample(State::Works, false, true),
            sample(State::Waiting, false, false),
            sample(State::Waiting, true, false),
            sample(State::Ended, false, true),
        ]
    }
}
