//! What a proof found.

use std::{fmt, time::Duration};

use crate::Verb;

/// A claim about one kind of request.
#[derive(Debug, Clone)]
pub struct Line {
    /// The claim's `@id` in policies/claims.cedar, or `never-fails`, `permits-something`.
    pub claim: String,
    /// What it says.
    pub sentence: String,
    /// The kind of request. `None`: all of them together.
    pub action: Option<Verb>,
    /// Whether it holds.
    pub outcome: Outcome,
    /// How long it took to find out.
    pub took: Duration,
}

/// Whether a claim holds.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// For every request that there can be.
    Holds,
    /// Not for this one.
    Broken(Counterexample),
    /// The solver could not say within [`PROOF_QUESTION`](ward_core::limits::PROOF_QUESTION).
    Undecided,
}

impl Outcome {
    /// Whether it holds.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }
}

/// A request that breaks a claim.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// The request as a sentence. The solver made it up: it is nobody's.
    pub sentence: String,
    /// The policies that decide so, such as `own/reception-reads-all`.
    pub policies: Vec<String>,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// Everything that a proof found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Each claim about each kind of request.
    pub lines: Vec<Line>,
    /// How long all of it took.
    pub took: Duration,
}

impl Report {
    /// Whether every claim holds for every request.
    pub fn holds(&self) -> bool {
        !self.lines.is_empty() && self.broken().next().is_none()
    }

    /// What does not hold, or could not be decided.
    pub fn broken(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !line.outcome.holds())
    }
}
