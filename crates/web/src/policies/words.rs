//! Policies in plain words.

use serde::Serialize;
use ward_access::{PolicyStep, PolicyView, ProofView, Standing};
use ward_http::AssuredRequest;

use crate::{Web, date};

/// How a policy stands, with its colour.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Tag {
    pub(super) text: &'static str,
    pub(super) colour: &'static str,
}

pub(super) const fn standing(standing: Standing) -> Tag {
    let (text, colour) = match standing {
        Standing::Draft => ("Draft", "blue"),
        Standing::InForce => ("In force", "green"),
        Standing::Narrowed => ("Only its forbids", "orange"),
        Standing::Replaced => ("Replaced", "grey"),
        Standing::Withdrawn => ("Withdrawn", "grey"),
    };
    Tag { text, colour }
}

/// What is known of the proof, in a sentence; what breaks is listed beside it.
pub(super) fn proof(proof: &ProofView) -> String {
    match proof {
        ProofView::UnderWay { asked } => format!(
            "It is being proved: {asked} questions answered so far. Load this page again in a moment."
        ),
        ProofView::Holds { asked, took } => format!(
            "Proved: all {asked} questions hold, asked in {}.{} s. No request gets round the locks.",
            took.as_secs(),
            took.subsec_millis() / 100
        ),
        ProofView::Broken(_) => {
            "It can’t be put in force: it does not keep what Ward promises.".to_owned()
        }
        ProofView::Impossible(why) => {
            format!("Nothing can be proved here, so nothing can be put in force: {why}.")
        }
    }
}

/// Who did it, and when.
pub(super) fn step(web: &Web, request: &AssuredRequest, step: PolicyStep) -> String {
    let by = web
        .identity
        .account(request.assured.organisation(), step.by);
    let by = by.map_or_else(|| "somebody".to_owned(), |by| by.display_name().to_owned());
    format!("{by}, {}", date::moment(step.at))
}

/// Everything that was done to a policy, in its order.
pub(super) fn history(web: &Web, request: &AssuredRequest, policy: &PolicyView) -> Vec<Done> {
    let steps = [
        ("Written", Some(policy.written)),
        ("Withdrawn", policy.withdrawn),
        ("Put in force", policy.activated),
        ("Permits taken out of force", policy.narrowed),
        ("Replaced", policy.replaced),
    ];
    let done = steps.into_iter().filter_map(|(what, done)| {
        let who = step(web, request, done?);
        Some(Done { what, who })
    });
    done.collect()
}

/// One step, as a line.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    pub(super) what: &'static str,
    pub(super) who: String,
}
