//! Own policies, as pages and programs are shown them.

use std::time::Duration;

use ward_core::{AccountId, Timestamp};

use super::{
    Kept,
    record::{Record, Step},
};
use crate::proof::{Examined, Outcome, ProofError};

/// How a policy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It waits for somebody else to put it in force.
    Draft,
    /// It is in force, proved since this server started.
    InForce,
    /// It is adopted, and only its forbids are in force: since the start it was not proved, or
    /// somebody took its permits out of force.
    Narrowed,
    /// Another took its place.
    Replaced,
    /// It was never in force, and never will be.
    Withdrawn,
}

impl Standing {
    /// Its name, for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InForce => "in-force",
            Self::Narrowed => "narrowed",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Who did something to a policy, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyStep {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

impl From<Step> for PolicyStep {
    fn from(step: Step) -> Self {
        let (by, at) = (step.by, step.at());
        Self { by, at }
    }
}

/// What is known of a policy's proof, since this server started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofView {
    /// The solver is asked.
    UnderWay {
        /// Questions answered so far.
        asked: usize,
    },
    /// Every claim holds of every request.
    Holds {
        /// How many questions were asked.
        asked: usize,
        /// How long it took.
        took: Duration,
    },
    /// Not so: what could happen, in sentences.
    Broken(Vec<String>),
    /// Nothing can be said, and why.
    Impossible(String),
}

/// A policy of an organisation.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// Its number in the organisation, from 1.
    pub number: u32,
    /// What was written.
    pub text: String,
    /// How it stands.
    pub standing: Standing,
    /// Who wrote it.
    pub written: PolicyStep,
    /// Who put it in force.
    pub activated: Option<PolicyStep>,
    /// Who took its permits out of force.
    pub narrowed: Option<PolicyStep>,
    /// Who put another in its place.
    pub replaced: Option<PolicyStep>,
    /// Who dropped it before it was in force.
    pub withdrawn: Option<PolicyStep>,
    /// What is known of its proof: of a draft, and of what is adopted.
    pub proof: Option<ProofView>,
}

impl Kept {
    pub(super) fn view(&self, number: u32, record: &Record) -> PolicyView {
        let standing = match record {
            _ if record.withdrawn.is_some() => Standing::Withdrawn,
            _ if record.is_draft() => Standing::Draft,
            _ if !record.is_adopted() => Standing::Replaced,
            _ if self.whole == Some(number) => Standing::InForce,
            _ => Standing::Narrowed,
        };
        PolicyView {
            number,
            text: record.text.clone(),
            standing,
            written: record.written.into(),
            activated: record.activated.map(Into::into),
            narrowed: record.narrowed.map(Into::into),
            replaced: record.replaced.map(Into::into),
            withdrawn: record.withdrawn.map(Into::into),
            proof: self.proofs.get(&number).cloned(),
        }
    }
}

/// What came of a proof.
pub(super) fn found(examined: &Result<Examined, ProofError>) -> ProofView {
    let report = match examined {
        Ok(examined) => &examined.report,
        Err(error) => return ProofView::Impossible(error.to_string()),
    };
    if report.holds() {
        return ProofView::Holds {
            asked: report.lines.len(),
            took: report.took,
        };
    }
    let mut sentences: Vec<String> = report
        .broken()
        .map(|line| match &line.outcome {
            Outcome::Broken(example) => example.sentence.clone(),
            _ => format!("Not decided in time: {}", line.sentence),
        })
        .collect();
    sentences.dedup();
    ProofView::Broken(sentences)
}
