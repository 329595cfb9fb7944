//! The policies that an organisation lives by, and the answers that they have given.

use quick_cache::sync::Cache;
use ward_log::RefusalReason;

use crate::{Reach, Verb, facts::Facts, policy::Policies, table::KINDS};

/// Answers remembered: far more than roles x actions x categories x relationships come to.
const ANSWERS: usize = 20_000;

/// Policies with their answers. Other policies are other rules, so that no answer outlives the
/// policy that gave it.
pub(crate) struct Rules {
    pub(crate) policies: Policies,
    answers: Cache<Facts, Result<(), RefusalReason>>,
}

impl Rules {
    pub(crate) fn new(policies: Policies) -> Self {
        Self {
            policies,
            answers: Cache::new(ANSWERS),
        }
    }

    /// The remembered answer, or a new one. The key is all that the policies see.
    pub(crate) fn answer(&self, facts: &Facts) -> Result<(), RefusalReason> {
        if let Some(answer) = self.answers.get(facts) {
            return answer;
        }
        let answer = self.policies.evaluate(facts);
        self.answers.insert(facts.clone(), answer);
        answer
    }

    /// Whether it is allowed, and how far.
    pub(crate) fn reach(&self, facts: &Facts, of_a_type: bool) -> Result<Reach, RefusalReason> {
        let refused = match self.answer(facts) {
            Ok(()) => return Ok(Reach::Organisation),
            Err(reason) => reason,
        };
        // What a search may go through, to learn whether any relationship at all would open it.
        let through_any = facts.verb == Verb::Search
            && of_a_type
            && KINDS
                .iter()
                .any(|kind| self.answer(&facts.through(Some((*kind, true)))).is_ok());
        if through_any {
            Ok(Reach::Related)
        } else {
            Err(refused)
        }
    }

    /// The answer for one patient. A lapsed relationship takes nothing away from what the role may
    /// see without one.
    pub(crate) fn answer_for_one(&self, facts: &Facts) -> Result<(), RefusalReason> {
        self.answer(facts).or_else(|reason| {
            let lapsed = reason == RefusalReason::RelationshipNotInForce;
            if lapsed {
                self.answer(&facts.through(None)).map_err(|_| reason)
            } else {
                Err(reason)
            }
        })
    }
}
